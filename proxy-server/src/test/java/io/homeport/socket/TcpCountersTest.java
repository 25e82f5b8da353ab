package io.homeport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.Sockaddr;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel's own counts of a connection, held against what was read and written. */
class TcpCountersTest {
    private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 16);
    private int client;
    private int server;

    @BeforeEach
    void connect() throws Exception {
        int listener = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Posix.check(Posix.bind(listener, Sockaddr.encode(new InetSocketAddress("127.0.0.1", 0))), "bind");
        Posix.check(Posix.listen(listener, 1), "listen");
        client = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Posix.check(Posix.connect(client, Sockaddr.encode(Sockets.local(listener))), "connect");
        server = Posix.check(Posix.accept4(listener, null, 0), "accept");
        Posix.close(listener);
        for (int fd : new int[] {client, server}) {
            Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_OOBINLINE, 1);
        }
    }

    @AfterEach
    void close() {
        Posix.close(client);
        Posix.close(server);
    }

    @Test
    void shouldCountWhatWasReadAndWritten() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] given = new long[2];
        long[] taken = new long[2];
        int[] fds = {client, server};
        long[] givenBase = {TcpCounters.of(client, false, false).given(), TcpCounters.of(server, false, false).given()};
        assertThat(givenBase).as("whoever connected counts its SYN").containsExactly(1, 0);
        for (int turn = 0; turn < 2_000; turn++) {
            int side = random.nextInt(2);
            int length = 1 + random.nextInt(random.nextBoolean() ? 20 : memory.capacity());
            boolean urgent = random.nextInt(50) == 0;
            if (random.nextBoolean()) {
                long n = Posix.send(fds[side], BufferUtil.address(memory), urgent ? 1 : length, Linux.MSG_DONTWAIT | (urgent ? Linux.MSG_OOB : 0));
                given[side] += Math.max(0, n);
            } else {
                taken[side] += Math.max(0, Posix.recv(fds[side], BufferUtil.address(memory), length, Linux.MSG_DONTWAIT));
            }
            assertThat(TcpCounters.of(fds[side], false, false).given() - givenBase[side]).as("written, seed %d", seed).isEqualTo(given[side]);
            assertThat(TcpCounters.of(fds[side], false, false).taken()).as("read, seed %d", seed).isEqualTo(taken[side]);
        }
    }

    @Test
    void shouldNotTakeAnEndForAByte() throws Exception {
        send(client, 100);
        Posix.shutdown(client, Linux.SHUT_WR);
        await(() -> Sockets.state(server) == Linux.TCP_CLOSE_WAIT);
        assertThat(TcpCounters.of(client, false, true).given()).isEqualTo(101);
        assertThat(TcpCounters.of(server, false, false).taken()).isZero();
        assertThat(Posix.recv(server, BufferUtil.address(memory), 60, 0)).isEqualTo(60);
        assertThat(TcpCounters.of(server, false, false).taken()).isEqualTo(60);
        assertThat(Posix.recv(server, BufferUtil.address(memory), 60, 0)).isEqualTo(40);
        assertThat(TcpCounters.of(server, false, false).taken()).isEqualTo(100);
        assertThat(Posix.recv(server, BufferUtil.address(memory), 60, 0)).as("the end").isZero();
        assertThat(TcpCounters.of(server, true, false).taken()).isEqualTo(100);
        send(server, 7);
        Posix.shutdown(server, Linux.SHUT_WR);
        assertThat(TcpCounters.of(server, false, true).given()).isEqualTo(7);
        assertThat(Posix.recv(client, BufferUtil.address(memory), 60, 0)).isEqualTo(7);
        assertThat(Posix.recv(client, BufferUtil.address(memory), 60, 0)).isZero();
        assertThat(TcpCounters.of(client, true, false).taken()).as("closed by both").isEqualTo(7);
        await(() -> Sockets.state(server) == Linux.TCP_CLOSE);
        assertThat(TcpCounters.of(server, false, true).given()).isEqualTo(7);
        assertThat(TcpCounters.of(server, true, false).taken()).isEqualTo(100);
    }

    @Test
    void shouldKeepItsCountsOverAReset() throws Exception {
        send(client, 50);
        assertThat(Posix.recv(server, BufferUtil.address(memory), 20, 0)).isEqualTo(20);
        send(server, 30);
        Sockets.resetWhenAbandoned(client);
        int other = client;
        client = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Posix.close(other);
        await(() -> Sockets.state(server) == Linux.TCP_CLOSE);
        assertThat(TcpCounters.of(server, false, false).taken()).isEqualTo(20);
        assertThat(TcpCounters.of(server, false, false).given()).isEqualTo(30);
    }

    private void send(int fd, int length) {
        assertThat(Posix.send(fd, BufferUtil.address(memory), length, 0)).isEqualTo(length);
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }
}

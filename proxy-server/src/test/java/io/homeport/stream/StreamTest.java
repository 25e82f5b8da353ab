package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets at both ends, in-memory lanes between. */
@Timeout(60)
class StreamTest {
    private static final StreamLimits LIMITS = new StreamLimits(256 << 10, 1 << 20, 1 << 30, 64 << 10, 10, 8, 100, 20);

    private static final StreamLimits MUCH_UNDER_WAY = new StreamLimits(8 << 20, 16 << 20, 1 << 30, 64 << 10, 10, 8, 100, 20);
    /** An end of file is acknowledged within 200 ms. */
    private static final int CLOSED_AND_FORGOTTEN_MS = 500;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestNode alpha;
    private TestNode beta;
    private ShadowNet net;

    @BeforeEach
    void start() throws Exception {
        alpha = new TestNode("alpha", dir, LIMITS);
        beta = new TestNode("beta", dir, LIMITS);
        TestNode.connect(alpha, beta);
        net = ShadowNet.open("test");
    }

    @AfterEach
    void stop() throws Exception {
        alpha.close();
        beta.close();
        net.close();
        threads.shutdownNow();
    }

    @Test
    void shouldCarryBytesAndAddresses() throws Exception {
        try (Moved moved = Moved.connection(alpha, beta, net)) {
            assertThat(Sockets.remote(moved.application.fd)).isEqualTo(moved.client.getLocalSocketAddress());
            assertThat(Sockets.local(moved.application.fd)).isEqualTo(moved.client.getRemoteSocketAddress());
            moved.client.getOutputStream().write("hello".getBytes());
            assertThat(moved.application.readFully(5)).isEqualTo("hello".getBytes());
            moved.application.write("there".getBytes());
            assertThat(moved.client.getInputStream().readNBytes(5)).isEqualTo("there".getBytes());
        }
    }

    @Test
    void shouldEchoManyStreamsExactly() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Moved moved = Moved.connection(alpha, beta, net);
            all.add(threads.submit(() -> echo(moved)));
            all.add(load(moved, i, 2 << 20));
        }
        for (Future<?> one : all) {
            one.get(50, SECONDS);
        }
        awaitEmpty();
    }

    @Test
    void shouldResumeAfterEveryCut() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Moved moved = Moved.connection(alpha, beta, net);
            all.add(threads.submit(() -> echo(moved)));
            all.add(load(moved, i, 8 << 20));
        }
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            Thread.sleep(random.nextInt(20));
            TestNode.cut(alpha, beta);
            Thread.sleep(random.nextInt(5));
            TestNode.restore(alpha, beta);
        }
        for (Future<?> one : all) {
            one.get(50, SECONDS);
        }
        awaitEmpty();
    }

    @Test
    void shouldNotLetASlowReaderStallAnother() throws Exception {
        Moved slow = Moved.connection(alpha, beta, net);
        Moved fast = Moved.connection(alpha, beta, net);
        Future<?> writer = threads.submit(() -> {
            byte[] much = bytes(3, 30 << 20);
            slow.client.getOutputStream().write(much);
            slow.client.shutdownOutput();
            return null;
        });
        Thread.sleep(200);
        threads.submit(() -> echo(fast));
        load(fast, 1, 4 << 20).get(20, SECONDS);
        assertThat(writer.isDone()).isFalse();
        byte[] expected = bytes(3, 30 << 20);
        assertThat(slow.application.readFully(expected.length)).isEqualTo(expected);
        assertThat(slow.application.read(1)).isEmpty();
        slow.close();
    }

    @Test
    void shouldHalfCloseEitherWay() throws Exception {
        try (Moved moved = Moved.connection(alpha, beta, net)) {
            moved.client.getOutputStream().write(1);
            moved.client.shutdownOutput();
            assertThat(moved.application.readFully(1)).containsExactly(1);
            assertThat(moved.application.read(1)).isEmpty();
            moved.application.write(new byte[] {2, 3});
            assertThat(moved.client.getInputStream().readNBytes(2)).containsExactly(2, 3);
            moved.application.shutdownWrite();
            assertThat(moved.client.getInputStream().read()).isEqualTo(-1);
        }
        try (Moved moved = Moved.connection(alpha, beta, net)) {
            moved.application.write(new byte[] {1});
            moved.application.shutdownWrite();
            assertThat(moved.client.getInputStream().readNBytes(2)).containsExactly(1);
            Thread.sleep(300);
            moved.client.getOutputStream().write(9);
            assertThat(moved.application.readFully(1)).containsExactly(9);
        }
        awaitEmpty();
    }

    @Test
    void shouldAnswerAStubThatComesBeforeItsDeputyIsOpen() throws Exception {
        StreamLimits patient = new StreamLimits(256 << 10, 1 << 20, 1 << 30, 64 << 10, 10, 8, 100, 3_600_000);
        try (TestNode origin = new TestNode("origin", dir, LIMITS); TestNode host = new TestNode("host", dir, patient)) {
            TestNode.connect(origin, host);
            for (boolean cut : new boolean[] {false, true}) {
                try (Socket client = new Socket()) {
                    StreamState state = Moved.hold(origin.plane, origin.name, client);
                    Raw application = new Raw(host.plane.stubs().prepare(net, 1, List.of(new Arrival(state, -1))).get().get(state.id()));
                    host.plane.stubs().start(List.of(state.id())).get();
                    await().until(() -> origin.loop.submit(() -> origin.plane.deputies().find(state.id()).early != null).get());
                    if (cut) {
                        TestNode.cut(origin, host);
                    }
                    origin.plane.deputies().open(List.of(state.id())).get();
                    if (cut) {
                        TestNode.restore(origin, host);
                    }
                    client.getOutputStream().write(7);
                    assertThat(application.readFully(1)).containsExactly(7);
                    application.close();
                }
            }
        }
    }

    @Test
    void shouldMoveAConnectionThatTheApplicationHasHalfClosed() throws Exception {
        Socket client = new Socket();
        StreamState held = Moved.hold(alpha.plane, alpha.name, client);
        int real = alpha.loop.submit(() -> alpha.plane.deputies().find(held.id()).end.local().number()).get();
        Posix.shutdown(real, Linux.SHUT_WR);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        StreamState state = held.withOutbound(Deputies.outboundOf(Sockets.state(real)));
        assertThat(state.outbound().eof()).isTrue();
        Raw application = new Raw(beta.plane.stubs().prepare(net, 1, List.of(new Arrival(state, -1))).get().get(state.id()));
        alpha.plane.deputies().open(List.of(state.id())).get();
        beta.plane.stubs().start(List.of(state.id())).get();
        client.getOutputStream().write(8);
        assertThat(application.readFully(1)).containsExactly(8);
        assertThatThrownBy(() -> application.write(new byte[1])).hasMessageContaining("EPIPE");
        client.close();
        assertThat(application.read(1)).isEmpty();
        application.close();
        awaitEmpty();
    }

    @Test
    void shouldPassAResetOfThePeerOnAfterItsBytes() throws Exception {
        Moved moved = Moved.connection(alpha, beta, net);
        moved.client.getOutputStream().write(new byte[100_000]);
        await().until(() -> Sockets.unread(moved.application.fd) == 100_000);
        moved.client.setSoLinger(true, 0);
        moved.client.close();
        Thread.sleep(100);
        assertThat(moved.application.readFully(100_000)).hasSize(100_000);
        assertThat(moved.application.read(1)).as("ECONNRESET").isNull();
        moved.application.close();
        awaitEmpty();
    }

    @Test
    void shouldPassAResetOfTheApplicationOn() throws Exception {
        Moved moved = Moved.connection(alpha, beta, net);
        moved.application.write(new byte[] {5});
        assertThat(moved.client.getInputStream().read()).isEqualTo(5);
        moved.application.reset();
        assertThatThrownBy(() -> moved.client.getInputStream().read()).isInstanceOf(SocketException.class).hasMessageContaining("reset");
        awaitEmpty();
    }

    @Test
    void shouldResetAPeerThatSendsToAClosedApplication() throws Exception {
        Moved moved = Moved.connection(alpha, beta, net);
        moved.application.close();
        assertThat(moved.client.getInputStream().read()).isEqualTo(-1);
        await().atMost(30, SECONDS).until(() -> {
            try {
                moved.client.getOutputStream().write(1);
                return false;
            } catch (SocketException e) {
                return true;
            }
        });
        awaitEmpty();
    }

    @Test
    void shouldNoticeThatTheApplicationHasClosedAltogether() throws Exception {
        Moved moved = Moved.connection(alpha, beta, net);
        moved.application.close();
        assertThat(moved.client.getInputStream().read()).isEqualTo(-1);
        awaitEmpty();
    }

    /** All that the application wrote is in the daemon's kernel when the peer ends: its closed socket is gone, and a reset answers the end. */
    @Test
    void shouldLoseNoByteOfAClosedApplicationWhenItsSlowPeerEndsFirst() throws Exception {
        try (TestNode origin = new TestNode("origin", dir, MUCH_UNDER_WAY); TestNode host = new TestNode("host", dir, MUCH_UNDER_WAY)) {
            TestNode.connect(origin, host);
            Moved moved = Moved.connection(origin, host, net);
            byte[] part = new byte[16 << 10];
            int written = MUCH_UNDER_WAY.windowBytes();
            moved.application.write(new byte[written]);
            while (hasRead(host, written)) {
                moved.application.write(part);
                written += part.length;
            }
            moved.application.close();
            Thread.sleep(CLOSED_AND_FORGOTTEN_MS);
            moved.client.shutdownOutput();
            int read = 0;
            while (!hasRead(host, written)) {
                read += moved.client.getInputStream().readNBytes(64 * part.length).length;
            }
            assertThat(read + moved.client.getInputStream().readAllBytes().length).isEqualTo(written);
        }
    }

    /** Whether the only stub of a node has read so much within 100 ms. */
    private static boolean hasRead(TestNode node, int bytes) throws Exception {
        for (int ms = 0; ms < 100; ms += 5) {
            List<StreamDescription> stubs = node.plane.describe().get();
            if (stubs.isEmpty() || stubs.get(0).bytesOut() >= bytes) {
                return true;
            }
            Thread.sleep(5);
        }
        return false;
    }

    /** Another's, which is about to come home, may not come after all: its deputy must go on reading. */
    @Test
    void shouldReturnTheSocketsOfOneProcessOnly() throws Exception {
        Moved moved = Moved.connection(alpha, beta, net);
        try (ShadowNet coming = ShadowNet.open("coming"); ShadowNet there = ShadowNet.open("there")) {
            int fd = alpha.plane.stubs().prepare(coming, 2, List.of(new Arrival(moved.state, -1))).get().get(moved.state.id());
            assertThat(alpha.plane.homecoming().candidates(there).get()).isEmpty();
            assertThat(alpha.plane.homecoming().candidates(coming).get()).containsExactly(moved.state.id());
            assertThat(beta.plane.homecoming().candidates(net).get()).isEmpty();
            alpha.plane.stubs().drop(List.of(moved.state.id())).get();
            Posix.close(fd);
        }
        moved.client.getOutputStream().write(7);
        assertThat(moved.application.readFully(1)).isEqualTo(new byte[] {7});
        moved.close();
    }

    @Test
    void shouldKeepTheUrgentBytesPlace() throws Exception {
        try (Moved moved = Moved.connection(alpha, beta, net)) {
            moved.client.getOutputStream().write("abc".getBytes());
            moved.client.sendUrgentData('!');
            moved.client.getOutputStream().write("def".getBytes());
            await().until(() -> Posix.poll(moved.application.fd, Linux.POLLPRI, 0) > 0);
            Thread.sleep(50);
            assertThat(moved.application.readFully(3)).isEqualTo("abc".getBytes());
            assertThat(Posix.ioctlInt(moved.application.fd, Linux.SIOCATMARK)).isEqualTo(1);
            assertThat(moved.application.readFully(3)).isEqualTo("def".getBytes());

            moved.client.setOOBInline(true);
            moved.application.write("123".getBytes());
            moved.application.flags((byte) '?', Linux.MSG_OOB);
            moved.application.write("456".getBytes());
            assertThat(moved.client.getInputStream().readNBytes(7)).isEqualTo("123?456".getBytes());
        }
        awaitEmpty();
    }

    @Test
    void shouldForwardOptions() throws Exception {
        Socket client = new Socket();
        StreamState state = Moved.hold(alpha.plane, alpha.name, client);
        int real = alpha.loop.submit(() -> alpha.plane.deputies().find(state.id()).end.local().number()).get();
        var fds = beta.plane.stubs().prepare(net, 1, List.of(new Arrival(state, -1))).get();
        alpha.plane.deputies().open(List.of(state.id())).get();
        beta.plane.stubs().start(List.of(state.id())).get();
        int fd = fds.get(state.id());
        Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 1);
        Posix.setsockoptInt(fd, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, 33);
        beta.plane.stubs().optionsChanged(state.id(), fd).get();
        await().until(() -> Posix.getsockoptInt(real, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE) == 33);
        assertThat(Posix.getsockoptInt(real, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE)).isEqualTo(1);
        assertThat(beta.plane.stubs().identify(net, List.of(fd)).get()).isEqualTo(Map.of(fd, state.id()));
        Posix.close(fd);
        client.close();
    }

    static Void echo(Moved moved) throws Exception {
        for (byte[] part = moved.application.read(65536); part.length > 0; part = moved.application.read(65536)) {
            moved.application.write(part);
        }
        moved.application.close();
        return null;
    }

    /** Writes and reads at the same time and compares. */
    private Future<?> load(Moved moved, int seed, int length) {
        byte[] expected = bytes(seed, length);
        Future<?> writer = threads.submit(() -> {
            Random random = new Random(seed);
            for (int at = 0; at < length; ) {
                int n = Math.min(length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 200_000 : 2_000));
                moved.client.getOutputStream().write(expected, at, n);
                at += n;
            }
            moved.client.shutdownOutput();
            return null;
        });
        return threads.submit(() -> {
            byte[] back = moved.client.getInputStream().readNBytes(length);
            assertThat(java.util.Arrays.mismatch(back, expected)).as("stream %s", moved.state).isEqualTo(-1);
            assertThat(moved.client.getInputStream().read()).isEqualTo(-1);
            writer.get();
            moved.client.close();
            return null;
        });
    }

    /** Both nodes have forgotten every stream, and their journals are empty. */
    private void awaitEmpty() {
        await().atMost(30, SECONDS).untilAsserted(() -> {
            assertThat(alpha.plane.describe().get()).isEmpty();
            assertThat(beta.plane.describe().get()).isEmpty();
            assertThat(alpha.loop.submit(alpha.journal::liveBytes).get()).isZero();
            assertThat(beta.loop.submit(beta.journal::liveBytes).get()).isZero();
        });
    }

    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}

package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams that are no TCP connections: AF_UNIX and pipes, on the dummies that stay. */
@Timeout(60)
class DummyKindsTest {
    private static final StreamLimits LIMITS = new StreamLimits(256 << 10, 1 << 20, 1 << 30, 64 << 10, 10, 8, 100, 20);

    @TempDir
    Path dir;

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(1 << 16);
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
    }

    @Test
    void shouldCarryAUnixStreamBothWays() throws Exception {
        int[] real = pair();
        int[] dummy = pair();
        move(StreamKind.UNIX, real[1], dummy[1]);
        Raw outside = new Raw(real[0]);
        Raw application = new Raw(dummy[0]);
        outside.write(StreamTest.bytes(1, 100_000));
        assertThat(application.readFully(100_000)).isEqualTo(StreamTest.bytes(1, 100_000));
        application.write(StreamTest.bytes(2, 100_000));
        assertThat(outside.readFully(100_000)).isEqualTo(StreamTest.bytes(2, 100_000));
        application.shutdownWrite();
        assertThat(outside.read(1)).isEmpty();
        outside.write(new byte[] {7});
        assertThat(application.readFully(1)).containsExactly(7);
        application.close();
        awaitEmpty();
        assertThat(Posix.send(outside.fd, BufferUtil.address(scratch), 1, 0)).as("EPIPE").isEqualTo(-32);
        outside.close();
    }

    @Test
    void shouldEndAUnixStreamWhosePeerIsGone() throws Exception {
        int[] real = pair();
        int[] dummy = pair();
        int kept = Posix.fcntl(dummy[1], Linux.F_DUPFD_CLOEXEC, 3);
        move(StreamKind.UNIX, real[1], dummy[1]);
        Raw outside = new Raw(real[0]);
        Raw application = new Raw(dummy[0]);
        outside.write(new byte[] {1, 2});
        outside.close();
        assertThat(application.readFully(2)).containsExactly(1, 2);
        assertThat(application.read(1)).as("although the process keeps M open").isEmpty();
        awaitEmpty();
        Posix.close(kept);
        application.close();
    }

    @Test
    void shouldCarryStandardOutput() throws Exception {
        int[] real = pipe();
        int[] dummy = pair();
        int kept = Posix.fcntl(dummy[1], Linux.F_DUPFD_CLOEXEC, 3);
        move(StreamKind.PIPE_OUT, real[1], dummy[1]);
        byte[] bytes = StreamTest.bytes(4, 50_000);
        assertThat(write(dummy[0], bytes)).isEqualTo(50_000);
        assertThat(readFully(real[0], 50_000)).isEqualTo(bytes);
        Posix.close(dummy[0]);
        assertThat(Posix.poll(real[0], Linux.POLLIN, 10_000)).isPositive();
        assertThat(Posix.read(real[0], BufferUtil.address(scratch), 10)).as("end of file").isZero();
        awaitEmpty();
        Posix.close(real[0]);
        Posix.close(kept);
    }

    @Test
    void shouldCarryStandardInput() throws Exception {
        int[] real = pipe();
        int[] dummy = pair();
        int kept = Posix.fcntl(dummy[1], Linux.F_DUPFD_CLOEXEC, 3);
        move(StreamKind.PIPE_IN, real[0], dummy[1]);
        byte[] bytes = StreamTest.bytes(4, 60_000);
        assertThat(write(real[1], bytes)).isEqualTo(60_000);
        assertThat(readFully(dummy[0], 60_000)).isEqualTo(bytes);
        Posix.close(real[1]);
        assertThat(Posix.poll(dummy[0], Linux.POLLIN | Linux.POLLHUP, 10_000)).isPositive();
        assertThat(Posix.read(dummy[0], BufferUtil.address(scratch), 10)).as("end of file").isZero();
        awaitEmpty();
        Posix.close(dummy[0]);
        Posix.close(kept);
    }

    @Test
    void shouldNoticeThatStandardInputIsNotRead() throws Exception {
        int[] real = pipe();
        int[] dummy = pair();
        move(StreamKind.PIPE_IN, real[0], dummy[1]);
        Posix.close(dummy[0]);
        awaitEmpty();
        assertThat(Posix.write(real[1], BufferUtil.address(scratch), 1)).as("EPIPE").isEqualTo(-32);
        Posix.close(real[1]);
    }

    @Test
    void shouldNoticeThatNobodyReadsStandardOutput() throws Exception {
        int[] real = pipe();
        int[] dummy = pair();
        int kept = Posix.fcntl(dummy[1], Linux.F_DUPFD_CLOEXEC, 3);
        move(StreamKind.PIPE_OUT, real[1], dummy[1]);
        Posix.close(real[0]);
        awaitEmpty();
        assertThat(Posix.send(dummy[0], BufferUtil.address(scratch), 1, 0)).as("EPIPE, although the process keeps M").isEqualTo(-32);
        Posix.close(dummy[0]);
        Posix.close(kept);
    }

    private void move(StreamKind kind, int realFd, int keptFd) throws Exception {
        StreamState state = StreamState.connection(alpha.plane.deputies().newId(), "alpha", kind, null, null, SocketOptions.NONE);
        alpha.plane.deputies().hold(Map.of(state, realFd)).get();
        assertThat(beta.plane.stubs().prepare(net, 1, List.of(new Arrival(state, keptFd))).get()).isEmpty();
        alpha.plane.deputies().open(List.of(state.id())).get();
        beta.plane.stubs().start(List.of(state.id())).get();
    }

    private long write(int fd, byte[] bytes) {
        scratch.put(0, bytes);
        return Posix.write(fd, BufferUtil.address(scratch), bytes.length);
    }

    private byte[] readFully(int fd, int length) {
        byte[] all = new byte[length];
        for (int at = 0; at < length; ) {
            int n = (int) Posix.read(fd, BufferUtil.address(scratch), length - at);
            assertThat(n).isPositive();
            scratch.get(0, all, at, n);
            at += n;
        }
        return all;
    }

    private void awaitEmpty() {
        await().atMost(30, SECONDS).untilAsserted(() -> {
            assertThat(alpha.plane.describe().get()).isEmpty();
            assertThat(beta.plane.describe().get()).isEmpty();
        });
    }

    private static int[] pair() {
        int[] pair = new int[2];
        Posix.socketpair(Linux.AF_UNIX, Linux.SOCK_STREAM, pair);
        return pair;
    }

    private static int[] pipe() {
        int[] pipe = new int[2];
        Posix.pipe2(Linux.O_CLOEXEC, pipe);
        return pipe;
    }
}

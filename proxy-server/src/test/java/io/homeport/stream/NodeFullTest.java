package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Linux;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node at its limits of streams and of journalled bytes: what is beyond waits or is refused, and what is there goes on. */
@Timeout(90)
class NodeFullTest {
    private static final int STREAM_BYTES = 1 << 20;
    private static final int MANY = 20;
    private static final int ACCEPTED_AHEAD = 8;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestNode alpha;
    private TestNode beta;
    private ShadowNet net;

    private void start(StreamLimits limits) throws Exception {
        alpha = new TestNode("alpha", dir, limits);
        beta = new TestNode("beta", dir, limits);
        TestNode.connect(alpha, beta);
        net = ShadowNet.open("full");
    }

    @AfterEach
    void stop() throws Exception {
        alpha.close();
        beta.close();
        net.close();
        threads.shutdownNow();
    }

    @Test
    void shouldRefuseStreamsBeyondItsNumber() throws Exception {
        start(limits(1L << 30, 2));
        Moved one = Moved.connection(alpha, beta, net);
        Moved two = Moved.connection(alpha, beta, net);
        assertThat(beta.plane.room().get()).isZero();
        assertThatThrownBy(() -> Moved.connection(alpha, beta, net))
                .hasRootCauseInstanceOf(IOException.class)
                .hasMessageContaining("node beta has room for 0 streams more, the process brings 1: raise limits.streams (2)");
        exchange(one);
        exchange(two);
    }

    @Test
    void shouldTakeItsOwnStreamsHomeWhileItIsFull() throws Exception {
        start(limits(1L << 30, 2));
        Moved one = Moved.connection(alpha, beta, net);
        Moved two = Moved.connection(alpha, beta, net);
        assertThat(alpha.plane.room().get()).isZero();
        try (ShadowNet home = ShadowNet.open("home")) {
            assertThat(alpha.plane.stubs().prepare(home, 2, List.of(new Arrival(one.state, -1), new Arrival(two.state, -1))).get()).hasSize(2);
            assertThat(alpha.plane.room().get()).isZero();
            alpha.plane.stubs().drop(List.of(one.state.id(), two.state.id())).get();
        }
        exchange(one);
        exchange(two);
    }

    @Test
    void shouldLeaveConnectionsToTheKernelWhileItIsFull() throws Exception {
        start(limits(1L << 30, 2));
        InetSocketAddress address = ListenerAtOrigin.open(alpha);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(new Socket(address.getAddress(), address.getPort()));
        }
        await().until(() -> alpha.plane.room().get() == 0);
        long connection = alpha.plane.describe().get().stream().filter(end -> end.kind() == StreamKind.TCP).findFirst().orElseThrow().id();
        alpha.plane.deputies().abandon(List.of(connection)).get();
        await().until(() -> alpha.plane.room().get() == 0); // the next one was taken from the kernel's queue
        assertThat(alpha.plane.describe().get()).noneMatch(end -> end.id() == connection);
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void shouldAcceptSoManyAheadOfTheProcess() throws Exception {
        start(limits(1L << 30, 10_000));
        InetSocketAddress address = ListenerAtOrigin.open(alpha);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < ACCEPTED_AHEAD + 4; i++) {
            clients.add(new Socket(address.getAddress(), address.getPort()));
        }
        await().until(() -> accepted() == ACCEPTED_AHEAD);
        for (int look = 0; look < 20; look++) {
            assertThat(accepted()).isEqualTo(ACCEPTED_AHEAD);
            Thread.sleep(5);
        }
        for (Socket client : clients) {
            client.close();
        }
    }

    private long accepted() throws Exception {
        return alpha.plane.describe().get().stream().filter(end -> end.kind() == StreamKind.TCP).count();
    }

    @Test
    void shouldEndTheLaneOfAnOriginThatOffersConnectionsWithoutEnd() throws Exception {
        start(limits(1L << 30, 1));
        ListenerAtOrigin.open(beta); // now it is full
        InetSocketAddress address = new InetSocketAddress("10.0.0.1", 80);
        beta.plane.call(() -> {
            StreamContext context = new StreamContext(beta.journal, limits(1L << 30, 1), (delayMs, task) -> { });
            StubTable stubs = new StubTable(beta.plane, context);
            Stub listener = stubs.add(new ShadowSockets.Made(StreamState.listener(1, "alpha", address, 5, SocketOptions.NONE), -1, -1, -1), net, 1);
            stubs.start(listener);
            ShadowChildren children = new ShadowChildren(stubs, context);
            assertThatThrownBy(() -> {
                for (long id = 2; id < 10_000; id++) {
                    children.open(listener, StreamState.connection(id, "alpha", StreamKind.TCP, address, address, SocketOptions.NONE));
                }
            }).isInstanceOf(MalformedFrameException.class).hasMessageContaining("more than 4096 connections for listener");
            assertThat(listener.waitingChildren).hasSize(4_096);
            return null;
        }).get();
    }

    @Test
    void shouldGiveEachOfManyStreamsLess() throws Exception {
        start(limits(1L << 30, 10_000));
        StreamContext context = new StreamContext(alpha.journal, limits(64L << 20, 10_000), (delayMs, task) -> { });
        assertThat(context.windowBytes()).isEqualTo(256 << 10);
        context.countStreams(() -> 256);
        assertThat(context.windowBytes()).isEqualTo(64 << 10);
        context.countStreams(() -> 10_000);
        assertThat(context.windowBytes()).isEqualTo(16 << 10);
    }

    @Test
    void shouldEndTheLaneOfASenderThatGoesBeyondItsCredit() throws Exception {
        int window = 1_000;
        start(new StreamLimits(window, 1 << 20, 1L << 30, window / 2, 10, 8, 100, 20));
        Moved moved = Moved.connection(alpha, beta, net);
        exchange(moved);
        alpha.plane.call(() -> {
            int payload = 64 << 10;
            ByteBuf frame = new StreamFrames().data(StreamFrames.emptyData(payload), moved.state.id(), 1, false, payload);
            assertThatThrownBy(() -> alpha.plane.frame(alpha.peer("beta"), frame))
                    .isInstanceOf(MalformedFrameException.class)
                    .hasMessageContaining("65536 bytes at 1 of ", "whose credit ends at 1001");
            frame.release();
            return null;
        }).get();
        exchange(moved);
    }

    @Test
    void shouldReadNoMoreOptionsThanASocketHas() throws Exception {
        start(limits(1L << 30, 10));
        Moved moved = Moved.connection(alpha, beta, net);
        // Known ones in their order, with values as long as can be told: longer than any that the kernel has.
        ByteArrayOutputStream options = new ByteArrayOutputStream();
        options.write(Linux.AF_INET);
        for (int code : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 30, 31, 32, 40, 41, 42}) {
            options.write(code);
            options.write(255);
            options.writeBytes(new byte[255]);
        }
        alpha.plane.call(() -> {
            ByteBuf frame = new StreamFrames().options(moved.state.id(), SocketOptions.decode(options.toByteArray()));
            assertThatThrownBy(() -> alpha.plane.frame(alpha.peer("beta"), frame))
                    .isInstanceOf(MalformedFrameException.class)
                    .hasMessageContaining("4370 bytes of socket options");
            frame.release();
            return null;
        }).get();
        exchange(moved);
    }

    @Test
    void shouldKeepNoMoreOfOneStreamThanItsLimitAndLoseNothing() throws Exception {
        int limit = 300_000;
        int sent = 8 << 20; // more than the kernel keeps by itself
        start(new StreamLimits(256 << 10, limit, 1L << 30, 64 << 10, 10, 8, 100, 20));
        Moved moved = Moved.connection(alpha, beta, net);
        exchange(moved);
        TestNode.cut(alpha, beta);
        byte[] bytes = StreamTest.bytes(1, sent);
        Future<?> writer = threads.submit(() -> {
            moved.client.getOutputStream().write(bytes);
            return null;
        });
        await().until(() -> inFlight(moved) == limit);
        for (int look = 0; look < 50; look++) {
            assertThat(inFlight(moved)).isEqualTo(limit);
            Thread.sleep(5);
        }
        TestNode.restore(alpha, beta);
        assertThat(moved.application.readFully(sent)).isEqualTo(bytes);
        writer.get(30, SECONDS);
        exchange(moved);
    }

    /** Bytes that the deputy has read and the stub does not have. */
    private long inFlight(Moved moved) throws Exception {
        return alpha.plane.call(() -> alpha.plane.deputies().find(moved.state.id()).end.outflow().inFlightBytes()).get();
    }

    /** Whoever has no room stops its own peer; when there is room again every byte arrives. */
    @Test
    void shouldKeepItsTotalWhileAllStreamsAreOnTheRoadAndLoseNothing() throws Exception {
        long totalBytes = 4L << 20;
        start(limits(totalBytes, 10_000));
        List<Moved> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(Moved.connection(alpha, beta, net));
            exchange(all.get(i));
        }
        TestNode.cut(alpha, beta);
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Moved moved = all.get(i);
            byte[] bytes = StreamTest.bytes(i, STREAM_BYTES);
            writers.add(threads.submit(() -> {
                moved.client.getOutputStream().write(bytes);
                return null;
            }));
        }
        await().until(() -> alpha.loop.submit(() -> alpha.journal.liveBytes()).get() > totalBytes / 2);
        long mostBytes = 0;
        for (int look = 0; look < 50; look++) {
            mostBytes = Math.max(mostBytes, alpha.loop.submit(() -> alpha.journal.liveBytes()).get());
            Thread.sleep(5);
        }
        assertThat(mostBytes).isLessThanOrEqualTo(totalBytes);
        TestNode.restore(alpha, beta);
        for (int i = 0; i < MANY; i++) {
            Moved moved = all.get(i);
            assertThat(moved.application.readFully(STREAM_BYTES)).isEqualTo(StreamTest.bytes(i, STREAM_BYTES));
            writers.get(i).get(30, SECONDS);
            exchange(moved);
        }
    }

    private static StreamLimits limits(long journalTotalBytes, int streams) {
        return new StreamLimits(256 << 10, 1 << 20, journalTotalBytes, 64 << 10, 10, ACCEPTED_AHEAD, 100, 20, 60_000, streams);
    }

    private static void exchange(Moved moved) throws Exception {
        moved.client.getOutputStream().write(7);
        assertThat(moved.application.readFully(1)).containsExactly(7);
        moved.application.write(new byte[] {8});
        assertThat(moved.client.getInputStream().read()).isEqualTo(8);
    }
}

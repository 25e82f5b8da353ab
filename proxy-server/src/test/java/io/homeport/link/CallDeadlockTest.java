package io.homeport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The deadlock of the ICS paper, with the rule that avoids it and without.
 *
 * <pre>
 *   alpha                                            beta
 *     ├── STREAM lane, full ────────────────────────▶ reads no more until there is room
 *     ├── "take my bytes" (priority 0), 16 times ───▶ all servers of priority 0 wait for alpha:
 *     ◀── "how many are there?" (1) ────────────────┤
 *     ├── "make room" (2) ──────────────────────────▶ only that empties the lane: who serves it?
 * </pre>
 */
@Timeout(60)
class CallDeadlockTest {
    private static final short TAKE = 1;
    private static final short COUNT = 2;
    private static final short MAKE_ROOM = 3;
    /** As many as there are servers of one priority. */
    private static final int CALLS = 16;

    private static final int FRAME_BYTES = 100_000;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private TestCluster cluster;
    private Links alpha;
    private Links beta;
    private final CountDownLatch room = new CountDownLatch(1);
    private final CountDownLatch allServing = new CountDownLatch(CALLS);
    private final RecordingListener arrived = new RecordingListener();
    private volatile boolean withRule;
    private int sentFrames;

    @BeforeEach
    void open() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta").timings(new LinkConfig.Timings(1_000, 1_000, 2, 40_000, 10, 200));
        alpha = cluster.links("alpha");
        beta = cluster.links("beta");
        alpha.register((from, method, request) -> method == COUNT ? ask(() -> from.call(MAKE_ROOM, request, LONG)) : null);
        beta.register(this::serveAtBeta);
        beta.register(TrafficClass.STREAM, new ReadsOnlyWhenThereIsRoom());
        alpha.start();
        beta.start();
        for (TrafficClass trafficClass : TrafficClass.values()) {
            await().until(() -> alpha.peer("beta").up(trafficClass) && beta.peer("alpha").up(trafficClass));
        }
    }

    @AfterEach
    void close() throws Exception {
        room.countDown();
        cluster.close();
    }

    @Test
    void shouldEmptyTheLaneByCallsOfHigherPriority() {
        withRule = true;
        fillLane();
        takeAll().forEach(reply -> assertThat(reply.join()).isEmpty());
        await().until(() -> arrived.frames.size() == sentFrames);
        await().until(() -> alpha.peer("beta").writable(TrafficClass.STREAM));
    }

    @Test
    void shouldDeadlockWithoutTheRule() {
        withRule = false;
        fillLane();
        takeAll().forEach(reply -> assertThatThrownBy(reply::join).hasMessageContaining("did not answer call " + TAKE));
        assertThat(room.getCount()).as("nobody made room").isEqualTo(1);
        assertThat(alpha.peer("beta").writable(TrafficClass.STREAM)).isFalse();
    }

    private CompletableFuture<byte[]> serveAtBeta(Peer from, short method, byte[] request) {
        if (method == MAKE_ROOM) {
            room.countDown();
            return CompletableFuture.completedFuture(request);
        }
        allServing.countDown();
        try {
            allServing.await(); // so that no server is left
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ask(() -> from.call(COUNT, request, LONG));
    }

    /** Makes a call from within a request and waits for it; without the rule as if nothing were being served: at priority 0. */
    private CompletableFuture<byte[]> ask(Supplier<CompletableFuture<byte[]>> call) {
        CompletableFuture<byte[]> reply = withRule ? call.get() : CompletableFuture.supplyAsync(call).join();
        return CompletableFuture.completedFuture(reply.join());
    }

    private void fillLane() {
        Peer peer = alpha.peer("beta");
        await().until(() -> {
            while (peer.writable(TrafficClass.STREAM)) {
                peer.send(TrafficClass.STREAM, RecordingListener.data(1, sentFrames++, new byte[FRAME_BYTES]));
                peer.flush(TrafficClass.STREAM);
            }
            Thread.sleep(100); // the kernel's buffers fill, too
            return !peer.writable(TrafficClass.STREAM);
        });
    }

    private List<CompletableFuture<byte[]>> takeAll() {
        List<CompletableFuture<byte[]>> replies = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            replies.add(alpha.peer("beta").call(TAKE, new byte[0], patience()));
        }
        return replies;
    }

    /** A deadlock is over only when somebody gives up: the first callers, while those they wait for still wait themselves. */
    private Duration patience() {
        return withRule ? LONG : Duration.ofSeconds(2);
    }

    /** Beta's end of the data channel: it keeps its loop, and so the lane, until there is room. */
    private final class ReadsOnlyWhenThereIsRoom implements LaneListener {
        @Override
        public void up(Peer peer, TrafficClass trafficClass) {
            // Bytes come by themselves.
        }

        @Override
        public void down(Peer peer, TrafficClass trafficClass, String reason) {
            // The test ends.
        }

        @Override
        public void frame(Peer peer, ByteBuf frame) {
            try {
                room.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            arrived.frame(peer, frame);
        }

        @Override
        public void writable(Peer peer) {
            // It sends nothing.
        }
    }
}

package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.journal.Journal;
import io.homeport.link.FrameBuffers;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.wire.Frames;
import io.homeport.wire.link.AckDecoder;
import io.homeport.wire.link.DataDecoder;
import io.homeport.wire.link.EndDecoder;
import io.homeport.wire.link.EndKind;
import io.homeport.wire.link.MessageHeaderDecoder;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two stream ends over a lane that loses everything at random moments. No clock, no thread, no kernel: each seed is one exact history.
 */
@Timeout(60)
class FlowLossTest {
    private static final StreamLimits LIMITS = new StreamLimits(5_000, 9_000, 1 << 30, 1_000, 1, 1, 1, 1);
    private static final int SEEDS = 300;

    @TempDir
    Path dir;

    @Test
    void shouldBeExactWhateverIsLost() {
        long first = System.nanoTime();
        try (Journal journal = Journal.open(dir, 1 << 20)) {
            for (long seed = first; seed < first + SEEDS; seed++) {
                new History(journal, seed).play();
            }
            assertThat(journal.liveBytes()).isZero();
        }
    }

    /** One history: everything in it follows from the seed. */
    private static final class History {
        private final Random random;
        private final long seed;
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private final FakeEnd[] sockets = new FakeEnd[2];
        private final StreamEnd[] ends = new StreamEnd[2];
        private final Lane[] ways = {new Lane(), new Lane()};
        private final byte[][] inputs = new byte[2][];

        History(Journal journal, long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            StreamContext context = new StreamContext(journal, LIMITS, (delay, task) -> tasks.add(task));
            for (int i = 0; i < 2; i++) {
                int side = i;
                inputs[i] = StreamTest.bytes(seed + i, random.nextInt(60_000));
                ends[i] = new StreamEnd(context, 7, StreamKind.TCP, i == 0 ? Role.DEPUTY : Role.STUB, 0, 0, end -> {},
                        readiness -> sockets[side] = new FakeEnd(random, inputs[side], readiness));
                ways[i].to = 1 - i;
            }
            if (random.nextInt(3) == 0 && inputs[0].length > 0) {
                sockets[0].urgentAt = random.nextInt(inputs[0].length);
            }
            sockets[0].failsAfterInput = random.nextInt(4) == 0;
        }

        void play() {
            for (StreamEnd end : ends) {
                end.outflow().open();
                end.settle();
            }
            bind();
            int steps = 0;
            while (!(ends[0].over() && ends[1].over())) {
                assertThat(++steps).as("stuck; seed %d: %s %s", seed, ends[0].outflow(), ends[1].outflow()).isLessThan(200_000);
                step();
            }
            check();
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> sockets[random.nextInt(2)].tick();
                case 4, 5, 6, 7, 8 -> ways[random.nextInt(2)].deliver();
                case 9, 10 -> runTasks();
                default -> {
                    if (random.nextInt(10) == 0) {
                        cut();
                    }
                }
            }
        }

        private void runTasks() {
            for (int n = tasks.size(); n > 0; n--) {
                tasks.poll().run();
            }
        }

        /** What is under way is lost; a while later the ends name their offsets. */
        private void cut() {
            for (int i = 0; i < 2; i++) {
                ways[i].lose();
                ends[i].unbind();
            }
            for (int n = random.nextInt(20); n > 0; n--) {
                sockets[random.nextInt(2)].tick();
                runTasks();
            }
            bind();
        }

        private void bind() {
            long[] received = {ends[0].inflow().answersFor(), ends[1].inflow().answersFor()};
            long[] credit = {ends[0].inflow().creditLimit(), ends[1].inflow().creditLimit()};
            for (int i = 0; i < 2; i++) {
                ends[i].inflow().told();
            }
            for (int i = 0; i < 2; i++) {
                boolean served = ends[i].bind(new PeerLane(ways[i], tasks::add), received[1 - i], credit[1 - i]);
                assertThat(served || ends[i].over()).as("seed %d", seed).isTrue();
            }
        }

        private void check() {
            for (Lane way : ways) {
                way.lose();
            }
            for (int i = 0; i < 2; i++) {
                byte[] arrived = sockets[1 - i].output.toByteArray();
                boolean aborted = i == 1 && sockets[0].failsAfterInput;
                int mismatch = Arrays.mismatch(arrived, inputs[i]);
                assertThat(aborted && mismatch == arrived.length ? -1 : mismatch).as("direction %d, seed %d", i, seed).isEqualTo(-1);
                assertThat(aborted || sockets[1 - i].outputEnded || sockets[1 - i].wasReset).as("seed %d", seed).isTrue();
            }
            assertThat(sockets[1].wasReset).as("seed %d", seed).isEqualTo(sockets[0].failsAfterInput);
            assertThat(sockets[1].urgentSeenAt).as("seed %d", seed).isEqualTo(sockets[0].urgentAt);
        }

        /** A way from one end to the other. */
        private final class Lane implements Peer {
            private final ArrayDeque<ByteBuf> frames = new ArrayDeque<>();
            private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
            int to;

            void deliver() {
                ByteBuf frame = frames.poll();
                if (frame == null) {
                    return;
                }
                FrameBuffers.viewReadable(view, frame);
                StreamEnd end = ends[to];
                boolean fits = true;
                switch (Frames.templateId(view, 0, frame.readableBytes())) {
                    case DataDecoder.TEMPLATE_ID -> fits = end.data(frame, Frames.payloadPosition(view, 0),
                            Frames.payloadBytes(view, 0, frame.readableBytes()), Frames.urgent(view, 0));
                    case AckDecoder.TEMPLATE_ID -> {
                        AckDecoder ack = new AckDecoder().wrapAndApplyHeader(view, 0, new MessageHeaderDecoder());
                        end.acknowledged(ack.receivedOffset(), ack.creditLimit());
                    }
                    case EndDecoder.TEMPLATE_ID -> {
                        EndDecoder in = new EndDecoder().wrapAndApplyHeader(view, 0, new MessageHeaderDecoder());
                        fits = end.end(in.streamOffset(), in.kind() == EndKind.EOF ? Mark.EOF : Mark.RESET);
                    }
                    default -> throw new AssertionError();
                }
                frame.release();
                assertThat(fits).as("gap; seed %d", seed).isTrue();
                if (frames.size() == 2) {
                    tasks.add(() -> ends[1 - to].lane().run());
                }
            }

            void lose() {
                frames.forEach(ByteBuf::release);
                frames.clear();
            }

            @Override
            public String node() {
                return "end " + to;
            }

            @Override
            public boolean up(TrafficClass trafficClass) {
                return true;
            }

            @Override
            public boolean writable(TrafficClass trafficClass) {
                return frames.size() < 3;
            }

            @Override
            public void send(TrafficClass trafficClass, ByteBuf frame) {
                frames.add(frame);
            }

            @Override
            public void flush(TrafficClass trafficClass) {}

            @Override
            public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
                throw new UnsupportedOperationException();
            }
        }
    }
}

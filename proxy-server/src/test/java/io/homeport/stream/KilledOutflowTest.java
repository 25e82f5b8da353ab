package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.estate.Landing;
import io.homeport.estate.Slot;
import io.homeport.estate.WatchedEstate;
import io.homeport.journal.Journal;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon is killed after each single store that it makes while a stream is read, sent, acknowledged, cut off, and driven out of its places:
 * the next one must find every byte that the kernel has given and the receiver has not acknowledged.
 */
@Timeout(120)
class KilledOutflowTest {
    private static final StreamLimits LIMITS = new StreamLimits(20_000, 30_000, 1 << 30, 1_000, 1, 1, 1, 1);
    private static final int SEEDS = 5;
    private static final int STREAM = 7;

    @TempDir
    Path dir;

    private int kills;

    @Test
    void shouldLeaveEveryByteWheneverItIsKilled() {
        long first = System.nanoTime();
        for (int i = 0; i < SEEDS; i++) {
            new History(first + i, dir.resolve("queue-" + i), dir.resolve("next-" + i)).play();
        }
        assertThat(kills).isGreaterThan(100 * SEEDS);
    }

    private final class History implements Peer {
        private final long seed;
        private final Random random;
        private final Path queue;
        private final Journal next;
        private final byte[] input;
        private final WatchedEstate watched = new WatchedEstate(this::kill);
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private final ArrayDeque<ByteBuf> frames = new ArrayDeque<>();
        private final StreamContext context;
        private final StreamEnd end;
        private final Journal journal;
        private FakeEnd socket;

        History(long seed, Path queue, Path nextQueue) {
            this.seed = seed;
            this.random = new Random(seed);
            this.queue = queue;
            journal = Journal.open(queue, 16 << 10);
            next = Journal.open(nextQueue, 1 << 20);
            input = StreamTest.bytes(seed, 20_000 + random.nextInt(60_000));
            context = new StreamContext(journal, watched.estate, LIMITS, (delay, task) -> tasks.add(task));
            end = new StreamEnd(context, watched.slot, STREAM, StreamKind.TCP, Role.DEPUTY, 0, 0, over -> {}, readiness -> {
                socket = new FakeEnd(random, input, readiness);
                return socket;
            });
            socket.whenRead = this::kill;
        }

        void play() {
            end.outflow().open();
            end.settle();
            while (!end.outflow().endAcked()) {
                step();
            }
            assertThat(watched.isEmpty()).as("seed %d", seed).isTrue();
            assertThat(journal.liveBytes()).as("seed %d", seed).isZero();
            assertThat(context.holders.oldest()).as("seed %d", seed).isNull();
            journal.close();
            next.close();
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> socket.tick();
                case 4, 5 -> deliver();
                case 6 -> acknowledge();
                case 7 -> end.outflow().moveUp();
                case 8 -> {
                    for (int n = tasks.size(); n > 0; n--) {
                        tasks.poll().run();
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        end.unbind();
                    } else if (!end.bound()) {
                        bind();
                    }
                }
            }
        }

        private void bind() {
            long received = between(watched.slot.acked(), end.outflow().readSoFar());
            assertThat(end.bind(new PeerLane(this, tasks::add), received, received + LIMITS.windowBytes())).as("seed %d", seed).isTrue();
        }

        private void deliver() {
            if (!frames.isEmpty()) {
                frames.poll().release();
            }
        }

        private void acknowledge() {
            long readUpTo = watched.slot.read();
            long offset = random.nextInt(4) == 0 ? readUpTo : between(watched.slot.acked(), readUpTo);
            if (end.bound()) {
                end.acknowledged(offset, offset + LIMITS.windowBytes());
            }
        }

        private long between(long from, long to) {
            return from + (to > from ? random.nextInt((int) (to - from) + 1) : 0);
        }

        /** The next daemon comes, as {@link StreamRecovery} does, and goes again. */
        private void kill() {
            if (end == null) {
                return;
            }
            kills++;
            Slot slot = watched.copyOfSlot();
            StreamContext own = new StreamContext(next, LIMITS, (delay, task) -> {});
            Outflow out = new StreamEnd(own, slot, STREAM, StreamKind.TCP, Role.DEPUTY, slot.acked(), 0, over -> {},
                    readiness -> new FakeEnd(random, new byte[0], readiness)).outflow();
            try {
                watched.read(queue, (id, direction, mark, offset, address, length) -> {
                    if (id == STREAM) {
                        out.recovered(mark, offset, address, length);
                    }
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(out.resume()).as("nothing is missing; seed %d, kill %d: %s", seed, kills, out).isTrue();
            Landing.Last last = watched.last();
            int landed = (int) (socket.taken() - out.readSoFar());
            if (landed != 0) {
                assertThat(last).as("seed %d, kill %d: %d bytes at %s", seed, kills, landed, out).isNotNull();
                assertThat(last.offset()).as("seed %d, kill %d", seed, kills).isEqualTo(out.readSoFar());
                assertThat(landed).isBetween(1, last.asked());
                out.recovered(last.mark(), last.offset(), last.address(), landed);
            }
            byte[] expected = Arrays.copyOfRange(input, (int) Math.min(slot.acked(), socket.taken()), socket.taken());
            assertThat(Arrays.mismatch(out.unsent(), expected)).as("seed %d, kill %d: %s", seed, kills, out).isEqualTo(-1);
            out.forget();
        }

        @Override
        public String node() {
            return "beta";
        }

        @Override
        public boolean up(TrafficClass trafficClass) {
            return true;
        }

        @Override
        public boolean writable(TrafficClass trafficClass) {
            return frames.size() < 4;
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

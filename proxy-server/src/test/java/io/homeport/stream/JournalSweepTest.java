package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.socket.ShadowNet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Applications that do not read, one after the other, while another stream fills the journal's files (4 MiB in tests). */
@Timeout(60)
class JournalSweepTest {
    private static final StreamLimits LIMITS = new StreamLimits(64 << 10, 1 << 20, 8 << 20, 16 << 10, 10, 8, 1_000, 20);
    private static final int MOST_FILES = 3;
    private static final int STUCK = 6;
    private static final int PART_BYTES = 16 << 10;
    private static final int STUCK_PARTS = 1_024;
    private static final int STILL_MS = 200;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestNode alpha;
    private TestNode beta;
    private ShadowNet net;

    private record Stuck(Moved moved, AtomicInteger sentParts, Future<?> sender) {}

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
    void shouldNotKeepAFileForEachStuckReader() throws Exception {
        List<Stuck> stuck = new ArrayList<>();
        Moved busy = Moved.connection(alpha, beta, net);
        for (int i = 0; i < STUCK; i++) {
            stuck.add(stick(i));
            fill(busy, 2 * MOST_FILES);
            await("few files with " + (i + 1) + " stuck readers").until(() -> files() <= MOST_FILES);
        }
        for (int i = 0; i < STUCK; i++) {
            Moved moved = stuck.get(i).moved;
            for (int part = 0; part < STUCK_PARTS; part++) {
                assertThat(moved.application.readFully(PART_BYTES)).isEqualTo(part(i, part));
            }
            stuck.get(i).sender.get(10, SECONDS);
            moved.close();
        }
        busy.close();
        await().until(() -> alpha.plane.describe().get().isEmpty() && files() == 1);
    }

    /** Its client sends until nothing goes any more. */
    private Stuck stick(int number) throws Exception {
        Moved moved = Moved.connection(alpha, beta, net);
        AtomicInteger sent = new AtomicInteger();
        Future<?> sender = threads.submit(() -> {
            for (int part = 0; part < STUCK_PARTS; part++) {
                moved.client.getOutputStream().write(part(number, part));
                sent.incrementAndGet();
            }
            return null;
        });
        int before;
        do {
            before = sent.get();
            Thread.sleep(STILL_MS);
        } while (before == 0 || sent.get() != before);
        assertThat(before).as("the reader is stuck").isLessThan(STUCK_PARTS);
        return new Stuck(moved, sent, sender);
    }

    /** Sends so many files' bytes through a stream whose application reads. */
    private void fill(Moved busy, int files) throws Exception {
        int parts = (int) (files * alpha.journal.cycleBytes() / PART_BYTES);
        Future<?> reader = threads.submit(() -> {
            for (int part = 0; part < parts; part++) {
                assertThat(busy.application.readFully(PART_BYTES)).isEqualTo(part(-1, part));
            }
            return null;
        });
        for (int part = 0; part < parts; part++) {
            busy.client.getOutputStream().write(part(-1, part));
        }
        reader.get(20, SECONDS);
    }

    private int files() throws Exception {
        return alpha.loop.submit(alpha.journal::files).get();
    }

    private static byte[] part(int stream, int number) {
        byte[] part = new byte[PART_BYTES];
        Arrays.fill(part, (byte) (31 * stream + number));
        part[number % PART_BYTES] ^= 1;
        return part;
    }
}

package io.homeport.bench.micro;

import io.homeport.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The journal on tmpfs, with a window of records not yet acknowledged as a stream has them.
 *
 * <pre>
 *   release ◄── | 32 records in flight | ◄── append          read: again after a lost link
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class JournalBenchmark {
    /** Records in flight; a power of two. */
    private static final int IN_FLIGHT = 32;

    /** Bytes of payload in a record. */
    @Param({"1024", "65536"})
    public int recordBytes;

    /** Of the tmpfs that the journal is on; a daemon's has {@code always}. */
    @Param({"never", "always"})
    public String hugePages;

    private final long[] indexes = new long[IN_FLIGHT];
    private Path dir;
    private Journal journal;
    private ByteBuffer bytes;
    private long address;
    private long count;

    /** Opens a journal on a tmpfs of its own, as root, and fills the window. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        dir = Files.createTempDirectory(Path.of("/dev/shm"), "homeport-bench-journal-");
        run("mount", "-t", "tmpfs", "-o", "size=1g,huge=" + hugePages, "homeport-bench", dir.toString());
        journal = Journal.open(dir.resolve("queue"), Journal.DEFAULT_CYCLE_BYTES);
        bytes = ByteBuffer.allocateDirect(recordBytes);
        address = BufferUtil.address(bytes);
        for (int i = 0; i < IN_FLIGHT; i++) {
            append(i);
        }
        count = IN_FLIGHT;
    }

    /** Removes its files. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        journal.close();
        run("umount", dir.toString());
        Files.delete(dir);
    }

    /** A record comes, the oldest one goes: what a read pays that is not acknowledged soon. */
    @Benchmark
    public long appendAndRelease() {
        int slot = (int) (count++ & IN_FLIGHT - 1);
        journal.release(indexes[slot], recordBytes);
        return append(slot);
    }

    /** A record is read, in the order in which they were written: what a lost link costs. */
    @Benchmark
    public long read() {
        return journal.read(indexes[(int) (count++ & IN_FLIGHT - 1)], address, recordBytes);
    }

    private static void run(String... words) throws IOException {
        try {
            if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
                throw new IOException(String.join(" ", words) + " failed: run this as root");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private long append(int slot) {
        indexes[slot] = journal.append(42, (byte) 0, (byte) 1, count * recordBytes, address, recordBytes);
        return indexes[slot];
    }
}

package io.homeport.migration.contract;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.ThreadFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While one of these is open, this daemon's optimizing compiler goes behind all other threads: a daemon's first moves give it seconds of
 * work, and the process that stands still meanwhile needs the processors. By SCHED_IDLE, not by its nice value: a thread that wakes up is put
 * on a processor on which only such threads run (select_idle_sibling), whereas one with a nice value has its processor to itself while those
 * that matter share the others. The quick compiler (C1) stays where it is.
 *
 * <p>Opened and closed by any thread, once each.
 */
public final class QuietCompilers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuietCompilers.class);
    private static final Path THREADS = Path.of("/proc/self/task");
    /** What HotSpot calls them (CompileBroker::init_compiler_threads), as far as the kernel keeps a name (15 bytes). */
    private static final String NAME = "C2 CompilerThre";
    private static int open;

    private boolean closed;

    private QuietCompilers() {}

    /** From now on. */
    public static QuietCompilers begin() {
        change(1);
        return new QuietCompilers();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            change(-1);
        }
    }

    private static synchronized void change(int by) {
        boolean was = open > 0;
        open += by;
        if (was != open > 0) {
            schedule(open > 0 ? Linux.SCHED_IDLE : Linux.SCHED_OTHER);
        }
    }

    /** Compiler threads come and go: one that comes later is as quick as ever. */
    private static void schedule(int policy) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                if (ThreadFile.read(thread.resolve("comm")).startsWith(NAME)) {
                    Posix.schedule(Integer.parseInt(thread.getFileName().toString()), policy);
                }
            }
        } catch (IOException e) {
            LOG.debug("compilers stay as they are: {}", e.toString());
        }
    }
}

package io.homeport.node;

import io.homeport.keeper.FdStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tmpfs of the journal's own. The journal is memory-mapped: on a file system that others have filled, the next page it
 * touches would be a SIGBUS and not an error (mmap(2)). Here nobody else writes, and the journal's own limit lies below the
 * size.
 */
final class JournalMount implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalMount.class);

    /** The slots of streams and the frames that sockets are read into: what they take at most. */
    private static final long ESTATE_BYTES = 512L << 20;

    /** There if the kernel has huge pages for tmpfs (Documentation/admin-guide/mm/transhuge.rst); without, the mount option is an error. */
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/shmem_enabled");

    private final Path directory;
    private final boolean goes;

    private JournalMount(Path directory, boolean goes) {
        this.directory = directory;
        this.goes = goes;
    }

    /**
     * Mounts it, unless an earlier daemon left it mounted.
     *
     * @param limitBytes what the journal may hold; the file system takes three times that: half as much again in files that are not empty yet,
     *     and as much in the journal of a daemon that was killed, until it is taken over
     * @param keeper systemd may start the daemon again after an end in order, too: then the journal is still needed
     */
    static JournalMount at(Path directory, long limitBytes, FdStore.Keeper keeper) throws IOException {
        Files.createDirectories(directory);
        boolean there = isMounted(directory);
        // Every byte of the journal is written to a fresh page: with pages of 2 MiB that costs a fifth or less (docs/performance.md).
        String huge = Files.exists(HUGE_PAGES) ? ",huge=always" : "";
        String options = "mode=700,size=" + (3 * limitBytes + ESTATE_BYTES) + huge;
        boolean mounted = there || run("mount", "-t", "tmpfs", "-o", options, "homeport-journal", directory.toString());
        if (!mounted) {
            LOG.warn("the journal has no file system of its own: keep room in {}", directory);
        }
        return new JournalMount(directory, mounted && keeper != FdStore.Keeper.SYSTEMD);
    }

    /** Unmounts what a process that was killed has left mounted there, if anything. */
    static void remove(Path directory) throws IOException {
        if (isMounted(directory)) {
            unmount(directory);
        }
    }

    private static void unmount(Path directory) throws IOException {
        run("umount", "--lazy", directory.toString());
    }

    private static boolean isMounted(Path directory) throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + directory.toAbsolutePath() + " ");
    }

    @Override
    public void close() throws IOException {
        if (goes) {
            unmount(directory);
        }
    }

    private static boolean run(String... words) throws IOException {
        try {
            return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

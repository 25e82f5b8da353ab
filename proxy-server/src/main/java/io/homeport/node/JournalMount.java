package io.homeport.node;

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

    private final Path directory;
    private final boolean mounted;

    private JournalMount(Path directory, boolean mounted) {
        this.directory = directory;
        this.mounted = mounted;
    }

    /**
     * Mounts it, unless an earlier daemon left it mounted.
     *
     * @param limitBytes what the journal may hold; the file system takes twice that, for files not deleted yet
     */
    static JournalMount at(Path directory, long limitBytes) throws IOException {
        Files.createDirectories(directory);
        boolean there = Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + directory.toAbsolutePath() + " ");
        String size = "size=" + 2 * limitBytes + ",mode=700";
        boolean mounted = there || run("mount", "-t", "tmpfs", "-o", size, "homeport-journal", directory.toString());
        if (!mounted) {
            LOG.warn("the journal has no file system of its own: keep room in {}", directory);
        }
        return new JournalMount(directory, mounted);
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            run("umount", "--lazy", directory.toString());
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

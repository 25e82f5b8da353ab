package io.homeport.migration;

import io.homeport.capsule.Capsule;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what a daemon before this one left when it died: copies that were never committed, and the files of migrations that
 * are over. A copy without the word {@code MINE} is its source's; one with it runs on.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    /** What the capsule's init is called (proc_pid_comm(5): 15 characters). */
    private static final String CAPSULE_NAME = "homeport-capsul";

    private Leftovers() {}

    /** Called once, before anything arrives or leaves. */
    static void clear(NodeParts node) throws IOException {
        Set<Long> mine = node.commitLog().entries().stream()
                .filter(entry -> entry.word() == CommitLog.Word.MINE)
                .map(CommitLog.Entry::migrationId)
                .collect(Collectors.toSet());
        Path arrivals = node.transfers().directory(0).getParent();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(arrivals, Files::isDirectory)) {
            for (Path directory : directories) {
                MigrationFiles files = new MigrationFiles(directory);
                if (!mine.contains(Long.parseUnsignedLong(directory.getFileName().toString(), 16))) {
                    endCopy(files);
                }
                files.delete();
            }
        } catch (NumberFormatException stranger) {
            LOG.warn("something in {} is no migration's: {}", arrivals, stranger.getMessage());
        }
    }

    private static void endCopy(MigrationFiles files) throws IOException {
        if (Files.notExists(files.capsule())) {
            return;
        }
        int initPid = Integer.parseInt(Files.readString(files.capsule()).trim());
        Path name = Path.of("/proc/" + initPid + "/comm");
        if (Files.exists(name) && Files.readString(name).trim().equals(CAPSULE_NAME)) {
            LOG.warn("an arrival was not committed before the last daemon ended: its copy (capsule {}) is ended", initPid);
            new Capsule(initPid).kill();
        }
    }
}

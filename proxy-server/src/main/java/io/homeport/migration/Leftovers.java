package io.homeport.migration;

import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final String CAPSULE = "homeport-capsule";

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

    /** The capsule's command line names the images: found whether the restore was done or not when the daemon died. */
    private static void endCopy(MigrationFiles files) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (restores(process, files.images())) {
                    LOG.warn("a copy that was not committed before the last daemon ended is ended: capsule {}", process.getFileName());
                    Posix.kill(Integer.parseInt(process.getFileName().toString()), Linux.SIGKILL);
                }
            }
        }
    }

    private static boolean restores(Path process, Path images) {
        try {
            String commandLine = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return commandLine.split("\0")[0].endsWith(CAPSULE) && commandLine.contains(images.toString());
        } catch (IOException ended) {
            return false;
        }
    }
}

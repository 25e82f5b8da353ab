package io.homeport.migration;

import io.homeport.capsule.Capsule;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what a daemon before this one left when it died: copies that were never committed, and the files of migrations that
 * are over. A copy without the word {@code MINE} is its source's; one with it runs on. Images with the word {@code READY} are
 * promised to their source and stay (docs/spec/migration.md). A copy may have been begun while its files still came: those that
 * are not complete go after it.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final String CAPSULE = "homeport-capsule";

    private Leftovers() {}

    /** Called once, before anything arrives or leaves. */
    static void clear(NodeParts node) throws IOException {
        takeBackWordsInVain(node);
        Map<Long, CommitLog.Word> words = node.commitLog().entries().stream()
                .collect(Collectors.toMap(CommitLog.Entry::migrationId, CommitLog.Entry::word));
        Path arrivals = node.transfers().directory(0).getParent();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(arrivals, Files::isDirectory)) {
            for (Path directory : directories) {
                MigrationFiles files = new MigrationFiles(directory);
                CommitLog.Word word = words.get(Long.parseUnsignedLong(directory.getFileName().toString(), 16));
                if (word == CommitLog.Word.MINE) {
                    capsulesOf(files).forEach(Leftovers::thaw);
                } else {
                    capsulesOf(files).forEach(Leftovers::end);
                }
                if (word != CommitLog.Word.READY) {
                    files.delete();
                }
            }
        } catch (NumberFormatException stranger) {
            LOG.warn("something in {} is no migration's: {}", arrivals, stranger.getMessage());
        }
        node.transfers().sweep();
    }

    /** A copy that has ended before it ran, be it after the word {@code MINE}, is restored again. */
    private static void takeBackWordsInVain(NodeParts node) throws IOException {
        for (CommitLog.Entry entry : node.commitLog().entries()) {
            if (entry.word() == CommitLog.Word.MINE && node.services().endedArriving(entry.migrationId())) {
                LOG.warn("the copy of migration {} from {} has ended before it ran: it will be restored again",
                        Long.toHexString(entry.migrationId()), entry.peerNode());
                node.commitLog().write(new CommitLog.Entry(entry.migrationId(), CommitLog.Word.READY, entry.peerNode(), entry.pid()));
            }
        }
    }

    private static void end(Capsule capsule) {
        LOG.warn("a copy that was not committed before the last daemon ended is ended: capsule {}", capsule.initPid());
        capsule.kill();
    }

    /** The last daemon may have died between its word and the thaw. */
    private static void thaw(Capsule capsule) {
        try {
            capsule.children().forEach(pid -> Posix.kill(pid, Linux.SIGCONT));
        } catch (IOException gone) {
            LOG.warn("a service that had arrived has ended: capsule {}", capsule.initPid());
        }
    }

    /** The capsule's command line names the images: found whether the restore was done or not when the daemon died. */
    private static List<Capsule> capsulesOf(MigrationFiles files) throws IOException {
        List<Capsule> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (restores(process, files.images())) {
                    found.add(new Capsule(Integer.parseInt(process.getFileName().toString())));
                }
            }
        }
        return found;
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

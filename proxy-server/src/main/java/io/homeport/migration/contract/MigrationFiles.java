package io.homeport.migration.contract;

import io.homeport.files.DirectoryTree;
import io.homeport.transfer.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the files of one migration lie at a node: CRIU's images, the record, and the files carried along.
 *
 * <pre>
 *   ID/ahead/    memory that was sent while the process ran
 *   ID/images/   CRIU
 *   ID/carried/  files of private directories, under their own paths
 *   ID/foreseen  SBE: a record of the connections that it has while it still runs
 *   ID/frozen    empty: it does not run any more
 *   ID/record    SBE
 *   ID/dumped    empty: what CRIU needs is there, all but the record
 * </pre>
 */
public record MigrationFiles(Path directory) {
    /** The record's name in a transfer. */
    public static final String RECORD = "record";

    /** The same of the record that goes ahead. */
    public static final String FORESEEN = "foreseen";

    /** The name of the file that comes when the process has been frozen. */
    public static final String FROZEN = "frozen";

    /** The name of the file that comes behind all that CRIU needs. */
    public static final String DUMPED = "dumped";

    public static MigrationFiles create(Path parent, long migrationId) throws IOException {
        MigrationFiles files = of(parent, migrationId);
        Files.createDirectories(files.images(), Transfers.PRIVATE);
        Files.createDirectories(files.carried(), Transfers.PRIVATE);
        return files;
    }

    public static MigrationFiles of(Path parent, long migrationId) {
        return new MigrationFiles(parent.resolve(String.format("%016x", migrationId)));
    }

    public Path ahead() {
        return directory.resolve("ahead");
    }

    /** The files in there. */
    public List<Path> allAhead() throws IOException {
        return filesIn(ahead());
    }

    public Path images() {
        return directory.resolve("images");
    }

    /** The files in there, when CRIU has ended. */
    public List<Path> allImages() throws IOException {
        return filesIn(images());
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
    }

    public Path carried() {
        return directory.resolve("carried");
    }

    public Path foreseen() {
        return directory.resolve(FORESEEN);
    }

    public Path record() {
        return directory.resolve(RECORD);
    }

    public Path frozen() {
        return directory.resolve(FROZEN);
    }

    public Path dumped() {
        return directory.resolve(DUMPED);
    }

    /** The files in there, with their manifest. */
    public List<Path> allCarried() throws IOException {
        return filesIn(carried());
    }

    /**
     * Lets CRIU's log outlive these files, beside them, in place of that of the last failure.
     *
     * @param log its name among the images
     * @return the failure, naming where the log is now, if there is one
     */
    public IOException keepingLog(IOException failure, String log) {
        Path kept = directory.resolveSibling("failed-" + log);
        String named = "log: " + images().resolve(log);
        try {
            Files.copy(images().resolve(log), kept, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException none) {
            return new IOException(failure.getMessage().replace(named, "no log"), failure);
        }
        return new IOException(failure.getMessage().replace(named, "log: " + kept), failure);
    }

    public void delete() throws IOException {
        DirectoryTree.delete(directory);
    }
}

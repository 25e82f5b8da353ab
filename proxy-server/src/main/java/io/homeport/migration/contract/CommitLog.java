package io.homeport.migration.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The durable word on who owns a service: one small file for each migration under way.
 *
 * <p>At the source {@code GIVEN} is the commit point: once it is on the disk this node never lets its copy run again.
 * At the destination {@code READY} promises that the images are kept until the source has decided, and {@code MINE} is
 * written before the copy runs. docs/spec/migration.md is the model of it. A file is written aside, forced, renamed, and the
 * directory forced (rename(2), fsync(2)), so that a crash leaves the old word or the new one.
 */
public final class CommitLog {

    /** Who owns the service after this word. */
    public enum Word {
        GIVEN,
        READY,
        MINE
    }

    /** One line of the log. */
    public record Entry(long migrationId, Word word, String peerNode, int pid) {}

    private final Path directory;

    public CommitLog(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** Writes the word of one migration durably, in place of the one before. */
    public void write(Entry entry) throws IOException {
        String line = entry.word() + " " + entry.peerNode() + " " + entry.pid() + "\n";
        Path aside = directory.resolve(name(entry.migrationId()) + ".new");
        try (FileChannel file = FileChannel.open(
                aside,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            file.force(true);
        }
        Files.move(aside, directory.resolve(name(entry.migrationId())), StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
    }

    /** The migration is over and nothing of it can be asked again. */
    public void forget(long migrationId) throws IOException {
        Files.deleteIfExists(directory.resolve(name(migrationId)));
        forceDirectory();
    }

    /** The word of one migration, if it has one. */
    public Optional<Entry> find(long migrationId) throws IOException {
        return entries().stream().filter(entry -> entry.migrationId() == migrationId).findFirst();
    }

    /** The words that a daemon before this one left. */
    public List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.commit")) {
            for (Path file : files) {
                String[] words = Files.readString(file).trim().split(" ");
                String hex = file.getFileName().toString().replace(".commit", "");
                entries.add(new Entry(
                        Long.parseUnsignedLong(hex, 16), Word.valueOf(words[0]), words[1], Integer.parseInt(words[2])));
            }
        }
        return entries;
    }

    private static String name(long migrationId) {
        return String.format("%016x.commit", migrationId);
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

package io.homeport.migration.departure;

import io.homeport.process.OpenFile;
import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the next daemon must know of a service that is on its way out, should this one be killed: written when its sockets are in custody,
 * before a dummy is put under any of its descriptors. A small file beside the images, on tmpfs.
 *
 * @param migrationId which migration
 * @param pid the process
 * @param startTicks when it was started (field 22 of proc_pid_stat(5)): tells it from a later one of that number
 * @param destination where to
 * @param files for each file in custody the descriptors that refer to it
 */
record DepartureNote(long migrationId, int pid, String startTicks, String destination, List<List<Integer>> files) {
    private static final String SUFFIX = ".departure";

    static DepartureNote of(long migrationId, int pid, String destination, Custody custody) {
        List<List<Integer>> files = custody.items().stream()
                .map(item -> item.fate().files().stream().map(OpenFile::fd).toList())
                .toList();
        return new DepartureNote(migrationId, pid, ProcessStat.birth(pid), destination, files);
    }

    void write(Path directory) throws IOException {
        String groups = files.stream()
                .map(fds -> fds.stream().map(String::valueOf).collect(Collectors.joining(",")))
                .collect(Collectors.joining(" "));
        Path aside = directory.resolve(file(directory, migrationId).getFileName() + ".tmp");
        Files.writeString(aside, String.join("\n", String.valueOf(pid), startTicks, destination, groups) + "\n");
        Files.move(aside, file(directory, migrationId), StandardCopyOption.ATOMIC_MOVE);
    }

    static void delete(Path directory, long migrationId) throws IOException {
        Files.deleteIfExists(file(directory, migrationId));
    }

    /** Those that a daemon before this one left. */
    static List<DepartureNote> all(Path directory) throws IOException {
        List<DepartureNote> notes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String[] lines = Files.readString(file).split("\n", -1);
                List<List<Integer>> groups = Arrays.stream(lines[3].split(" "))
                        .filter(group -> !group.isEmpty())
                        .map(group -> Arrays.stream(group.split(",")).map(Integer::valueOf).toList())
                        .toList();
                long id = Long.parseUnsignedLong(file.getFileName().toString().replace(SUFFIX, ""), 16);
                notes.add(new DepartureNote(id, Integer.parseInt(lines[0]), lines[1], lines[2], groups));
            }
        }
        return notes;
    }

    /** Whether the process is still there. */
    boolean isAlive() {
        return !startTicks.isEmpty() && startTicks.equals(ProcessStat.birth(pid));
    }

    private static Path file(Path directory, long migrationId) {
        return directory.resolve(String.format("%016x", migrationId) + SUFFIX);
    }
}

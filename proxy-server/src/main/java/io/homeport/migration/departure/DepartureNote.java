package io.homeport.migration.departure;

import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.ProcessStat;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the next daemon must know of a service that is on its way out, should this one be killed: written when its sockets are in custody,
 * before any of its descriptors is vacated. A small file beside the images, on tmpfs.
 *
 * <pre>
 *   its fourth line    17:2004002:5/19/11 18:2000002,40:2          a file each; its descriptors; number : flags : epoll set / events / data
 * </pre>
 *
 * @param migrationId which migration
 * @param pid the process
 * @param startTicks when it was started (field 22 of proc_pid_stat(5)): tells it from a later one of that number
 * @param destination where to
 * @param files for each file in custody the descriptors that it belongs under
 */
record DepartureNote(long migrationId, int pid, String startTicks, String destination, List<List<Descriptor>> files) {
    private static final String SUFFIX = ".departure";

    static DepartureNote of(long migrationId, int pid, String destination, Custody custody) {
        List<List<Descriptor>> files = custody.items().stream().map(Custody.Item::places).toList();
        return new DepartureNote(migrationId, pid, ProcessStat.birth(pid), destination, files);
    }

    void write(Path directory) throws IOException {
        Path aside = directory.resolve(file(directory, migrationId).getFileName() + ".tmp");
        try (BufferedWriter out = Files.newBufferedWriter(aside)) {
            out.write(String.join("\n", String.valueOf(pid), startTicks, destination, ""));
            StringBuilder text = new StringBuilder();
            for (List<Descriptor> places : files) {
                for (int i = 0; i < places.size(); i++) {
                    append(text.append(i == 0 ? "" : ","), places.get(i));
                }
                out.append(text).append(' ');
                text.setLength(0);
            }
            out.newLine();
        }
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
                List<List<Descriptor>> groups = Arrays.stream(lines[3].split(" "))
                        .filter(group -> !group.isEmpty())
                        .map(group -> Arrays.stream(group.split(",")).map(DepartureNote::descriptor).toList())
                        .toList();
                long id = Long.parseUnsignedLong(file.getFileName().toString().replace(SUFFIX, ""), 16);
                notes.add(new DepartureNote(id, Integer.parseInt(lines[0]), lines[1], lines[2], groups));
            }
        }
        return notes;
    }

    private static void append(StringBuilder out, Descriptor place) {
        out.append(place.fd()).append(':').append(Integer.toHexString(place.flags()));
        for (EpollRegistration one : place.registrations()) {
            out.append(':').append(one.epollFd());
            out.append('/').append(Integer.toHexString(one.events())).append('/').append(Long.toHexString(one.data()));
        }
    }

    private static Descriptor descriptor(String text) {
        String[] parts = text.split(":");
        int fd = Integer.parseInt(parts[0]);
        List<EpollRegistration> registrations = new ArrayList<>();
        for (int i = 2; i < parts.length; i++) {
            String[] numbers = parts[i].split("/");
            registrations.add(new EpollRegistration(Integer.parseInt(numbers[0]), fd, Integer.parseUnsignedInt(numbers[1], 16),
                    Long.parseUnsignedLong(numbers[2], 16)));
        }
        return new Descriptor(fd, Integer.parseUnsignedInt(parts[1], 16), registrations);
    }

    /** Whether the process is still there. */
    boolean isAlive() {
        return !startTicks.isEmpty() && startTicks.equals(ProcessStat.birth(pid));
    }

    private static Path file(Path directory, long migrationId) {
        return directory.resolve(String.format("%016x", migrationId) + SUFFIX);
    }
}

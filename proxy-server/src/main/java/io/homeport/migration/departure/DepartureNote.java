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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the next daemon must know of a service that is on its way out, should this one be killed: written when its sockets are in custody,
 * before any of its descriptors is vacated. A small file beside the images, on tmpfs.
 *
 * <pre>
 *   its fourth line    17+2:2004002 20:2000002,40:2        files; their descriptors, number : flags; +2: two more files like it, at the next numbers
 *                      17:2004002:5/19/11                  of a daemon that had taken out what watches it: : epoll set / events / data
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
        return new DepartureNote(migrationId, pid, ProcessStat.birth(pid), destination, custody.files());
    }

    void write(Path directory) throws IOException {
        Path aside = directory.resolve(file(directory, migrationId).getFileName() + ".tmp");
        try (BufferedWriter out = Files.newBufferedWriter(aside)) {
            out.write(String.join("\n", String.valueOf(pid), startTicks, destination, ""));
            for (int first = 0, next; first < files.size(); first = next) {
                next = endOfRun(first);
                out.append(text(files.get(first), next - first - 1)).append(' ');
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
                        .filter(run -> !run.isEmpty())
                        .flatMap(DepartureNote::filesOf)
                        .toList();
                long id = Long.parseUnsignedLong(file.getFileName().toString().replace(SUFFIX, ""), 16);
                notes.add(new DepartureNote(id, Integer.parseInt(lines[0]), lines[1], lines[2], groups));
            }
        }
        return notes;
    }

    /** Thousands of sockets of a server have numbers in a row. @return the index of the first file that does not go on with the row */
    private int endOfRun(int first) {
        List<Descriptor> one = files.get(first);
        int next = first + 1;
        while (one.size() == 1 && next < files.size() && follows(files.get(next), one.get(0), next - first)) {
            next++;
        }
        return next;
    }

    private static boolean follows(List<Descriptor> file, Descriptor one, int more) {
        return file.size() == 1 && file.get(0).fd() == one.fd() + more && file.get(0).flags() == one.flags();
    }

    private static Descriptor after(Descriptor one, int more) {
        return new Descriptor(one.fd() + more, one.flags(), List.of());
    }

    private static String text(List<Descriptor> places, int more) {
        return places.stream()
                .map(place -> place.fd() + (more > 0 ? "+" + more : "") + ":" + Integer.toHexString(place.flags()))
                .collect(Collectors.joining(","));
    }

    private static Stream<List<Descriptor>> filesOf(String run) {
        List<Descriptor> places = Arrays.stream(run.split(",")).map(DepartureNote::descriptor).toList();
        int plus = run.indexOf('+');
        int more = plus < 0 ? 0 : Integer.parseInt(run.substring(plus + 1, run.indexOf(':')));
        return IntStream.rangeClosed(0, more).mapToObj(i -> i == 0 ? places : List.of(after(places.get(0), i)));
    }

    private static Descriptor descriptor(String text) {
        String[] parts = text.split(":");
        int fd = Integer.parseInt(parts[0].replaceFirst("\\+.*", ""));
        List<EpollRegistration> registrations = Arrays.stream(parts).skip(2).map(part -> registration(fd, part.split("/"))).toList();
        return new Descriptor(fd, Integer.parseUnsignedInt(parts[1], 16), registrations);
    }

    private static EpollRegistration registration(int fd, String[] numbers) {
        return new EpollRegistration(
                Integer.parseInt(numbers[0]), fd, Integer.parseUnsignedInt(numbers[1], 16), Long.parseUnsignedLong(numbers[2], 16));
    }

    /** Whether the process is still there. */
    boolean isAlive() {
        return !startTicks.isEmpty() && startTicks.equals(ProcessStat.birth(pid));
    }

    private static Path file(Path directory, long migrationId) {
        return directory.resolve(String.format("%016x", migrationId) + SUFFIX);
    }
}

package io.homeport.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of a process's memory, a line of {@code /proc/PID/maps} (proc_pid_maps(5)).
 *
 * @param end the first address behind it
 * @param permissions for example {@code rw-p}
 * @param name a path, a name in brackets, or nothing
 */
public record Mapping(long start, long end, String permissions, String name) {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) \\S+ \\S+ \\d+ *(.*)");
    private static final int HEX = 16;

    /** All of a process, by rising addresses. */
    public static List<Mapping> readAll(int pid) throws IOException {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)) {
            Matcher part = LINE.matcher(line);
            if (!part.matches()) {
                throw new IOException("not a line of /proc/" + pid + "/maps: " + line);
            }
            mappings.add(new Mapping(
                    Long.parseUnsignedLong(part.group(1), HEX), Long.parseUnsignedLong(part.group(2), HEX), part.group(3), part.group(4)));
        }
        return mappings;
    }

    /** Whether the process may read it, and what it writes there is its own; not so the kernel's own mappings (vdso, vvar, vsyscall). */
    public boolean isReadablePrivate() {
        return permissions.charAt(0) == 'r' && permissions.charAt(3) == 'p' && !name.startsWith("[v");
    }

    /** Whether devices or the kernel write into the process's memory by it, or by what it belongs to, at any time. */
    public boolean isOfDevice() {
        return name.startsWith("/[aio]") || name.startsWith("anon_inode:")
                || name.startsWith("/dev/") && !name.startsWith("/dev/shm/") && !name.startsWith("/dev/zero");
    }
}

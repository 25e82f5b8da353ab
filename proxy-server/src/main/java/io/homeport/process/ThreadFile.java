package io.homeport.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a file of a process or thread that may be ending: below {@code /proc/PID}. One that ends after it was opened says ESRCH. Any thread.
 */
public final class ThreadFile {
    private ThreadFile() {}

    /** Empty if it has ended. Latin 1: its name may hold any bytes. */
    public static String read(Path path) throws IOException {
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            if (Files.exists(path)) {
                throw e;
            }
            return "";
        }
    }

    /**
     * The children of a process's leader; none if it has ended. One that ends while the kernel lists them may hide another
     * (proc_tid_children(5)), so what two readings agree on is told.
     */
    public static List<Integer> children(int pid) throws IOException {
        Path file = Path.of("/proc/" + pid + "/task/" + pid + "/children");
        String line = read(file);
        for (String before = null; !line.equals(before); ) {
            before = line;
            line = read(file);
        }
        return line.isBlank() ? List.of() : Arrays.stream(line.trim().split(" ")).map(Integer::valueOf).toList();
    }

    /** The same as {@link #read}, which is never empty while it lives. @throws NoSuchFileException if it has ended */
    public static String readLiving(Path path) throws IOException {
        String text = read(path);
        if (text.isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        return text;
    }
}

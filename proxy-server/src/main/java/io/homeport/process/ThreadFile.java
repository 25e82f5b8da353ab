package io.homeport.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
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
     * The children of a process, each listed with the thread that started it; none if it has ended. One that ends while the kernel lists
     * them may hide another (proc_tid_children(5)), so what two readings agree on is told.
     */
    public static List<Integer> children(int pid) throws IOException {
        String listed = readChildren(pid);
        for (String before = null; !listed.equals(before); ) {
            before = listed;
            listed = readChildren(pid);
        }
        return listed.isEmpty() ? List.of() : Arrays.stream(listed.split(" ")).map(Integer::valueOf).toList();
    }

    /** Each number followed by a space. A thread that ends leaves its children to another, which may have been read: the next reading differs then. */
    private static String readChildren(int pid) throws IOException {
        StringBuilder listed = new StringBuilder();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                listed.append(read(thread.resolve("children")));
            }
        } catch (NoSuchFileException e) {
            return "";
        }
        return listed.toString();
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

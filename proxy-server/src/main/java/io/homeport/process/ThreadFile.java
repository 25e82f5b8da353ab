package io.homeport.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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

    /** The same, which is never empty while it lives. @throws NoSuchFileException if it has ended */
    public static String readLiving(Path path) throws IOException {
        String text = read(path);
        if (text.isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        return text;
    }
}

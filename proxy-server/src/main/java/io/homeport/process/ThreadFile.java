package io.homeport.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file of a thread that may be ending: below {@code /proc/PID/task/TID}. Any thread. */
public final class ThreadFile {
    private ThreadFile() {}

    /** Empty if the thread has ended. Latin 1: its name may hold any bytes. */
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
}

package io.homeport.transfer;

import io.homeport.wire.FrameLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a file that another node names may be written: strictly below the transfer's own directory. Pure. */
final class SpoolPath {
    private static final Pattern SEPARATOR = Pattern.compile("/");

    private SpoolPath() {}

    /** The file that {@code name} stands for in {@code directory}; null if the name is not allowed. */
    static Path resolve(Path directory, String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0 || name.getBytes(StandardCharsets.UTF_8).length > FrameLimits.MAX_PATH_BYTES) {
            return null;
        }
        Path file = directory;
        for (String part : SEPARATOR.split(name, -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return null;
            }
            file = file.resolve(part);
        }
        return file;
    }

    /** Name of a transfer's directory. */
    static String directoryName(long transferId) {
        return String.format("%016x", transferId);
    }
}

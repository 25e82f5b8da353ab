package io.homeport.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * HotSpot's counters for jstat and jps: {@code /tmp/hsperfdata_USER/PID}, mapped by the JVM, named by the PID that it sees.
 *
 * <p>Every HotSpot that starts removes the files in that directory whose names are not living processes of its own PID
 * namespace (JDK: perfMemory_posix.cpp, cleanup_sharedmem_files): at any moment, those of JVMs in capsules, and one that was
 * just placed for a restore. So a restored process gets that directory for itself, where nobody removes anything.
 */
final class Hsperfdata {
    private static final Pattern PATH = Pattern.compile(".*/hsperfdata_[^/]+/[0-9]+");

    private Hsperfdata() {}

    static boolean is(String path) {
        return PATH.matcher(path).matches();
    }

    /**
     * Where the contents of one that was removed can still be read, null if {@code path} is another file: it may have been
     * removed after the dump, whose image then names it.
     */
    static Path unlinked(int pid, String path) throws IOException {
        if (is(path)) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
                if (line.endsWith(" " + path + " (deleted)")) {
                    return Path.of("/proc/" + pid + "/map_files/" + line.substring(0, line.indexOf(' ')));
                }
            }
        }
        return null;
    }
}

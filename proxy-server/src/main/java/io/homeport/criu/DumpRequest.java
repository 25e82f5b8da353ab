package io.homeport.criu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process to be dumped.
 *
 * @param pid as this process numbers it; SIGSTOP has stopped it
 * @param imageDir an empty or absent directory on a file system with room, the same path in the process's mount namespace
 * @param timeout after which CRIU is killed
 * @param flags further options of {@code criu dump}
 */
public record DumpRequest(int pid, Path imageDir, Duration timeout, List<String> flags) {
    /** Enough for some 20 GB of memory onto tmpfs. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);

    public DumpRequest {
        flags = List.copyOf(flags);
    }

    /** With the default time-out and no further options. */
    public DumpRequest(int pid, Path imageDir) {
        this(pid, imageDir, TIMEOUT, List.of());
    }
}

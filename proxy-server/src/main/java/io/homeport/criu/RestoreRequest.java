package io.homeport.criu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Images to be restored into a fresh capsule.
 *
 * @param imageDir what {@link Criu#dump} filled
 * @param capsule the program agent/target/homeport-capsule
 * @param leaveStopped leave the copy stopped until SIGCONT; a process that was stopped when it was dumped is so anyway
 * @param timeout after which CRIU and the capsule are killed
 * @param ownDirectories directories that shall be the capsule's own, each with the directory whose owner, mode and regular
 *     files it gets
 * @param flags further options of {@code criu restore}
 */
public record RestoreRequest(
        Path imageDir,
        Path capsule,
        boolean leaveStopped,
        Duration timeout,
        Map<Path, Path> ownDirectories,
        List<String> flags) {
    /** Enough for some 20 GB of memory from tmpfs. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);

    public RestoreRequest {
        ownDirectories = Map.copyOf(ownDirectories);
        flags = List.copyOf(flags);
    }

    /** Left stopped, with the default time-out and no further options. */
    public RestoreRequest(Path imageDir, Path capsule) {
        this(imageDir, capsule, true, TIMEOUT, Map.of(), List.of());
    }

    /** The same with directories of the capsule's own. */
    public RestoreRequest withOwn(Map<Path, Path> directories) {
        return new RestoreRequest(imageDir, capsule, leaveStopped, timeout, directories, flags);
    }
}

package io.homeport.criu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Images to be restored into a fresh capsule, where the process stays stopped until SIGCONT, as it was when it was dumped.
 *
 * @param imageDir what {@link Criu#dump} filled
 * @param capsule the program agent/target/homeport-capsule
 * @param timeout after which CRIU and the capsule are killed
 * @param ownDirectories directories that shall be the capsule's own, each with the directory whose owner, mode and regular
 *     files it gets
 */
public record RestoreRequest(
        Path imageDir,
        Path capsule,
        Duration timeout,
        Map<Path, Path> ownDirectories) {
    /** Enough for some 20 GB of memory from tmpfs. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);

    public RestoreRequest {
        ownDirectories = Map.copyOf(ownDirectories);
    }

    /** With the defaults. */
    public RestoreRequest(Path imageDir, Path capsule) {
        this(imageDir, capsule, TIMEOUT, Map.of());
    }

    /** The same with directories of the capsule's own. */
    public RestoreRequest withOwn(Map<Path, Path> directories) {
        return new RestoreRequest(imageDir, capsule, timeout, directories);
    }
}

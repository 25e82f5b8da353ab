package io.homeport.criu;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A process to be restored into a fresh capsule, where it stays stopped until SIGCONT, as it was when it was dumped.
 *
 * @param imageDir what {@link Criu#dump} fills; may still be empty when the capsule is made
 * @param capsule the program agent/target/homeport-capsule
 * @param timeout of CRIU, after which it and the capsule are killed
 */
public record RestoreRequest(Path imageDir, Path capsule, Duration timeout) {
    /** Enough for some 20 GB of memory from tmpfs. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);

    /** With the default time-out. */
    public RestoreRequest(Path imageDir, Path capsule) {
        this(imageDir, capsule, TIMEOUT);
    }
}

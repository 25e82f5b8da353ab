package io.homeport.criu;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A process to be dumped.
 *
 * @param pid as this process numbers it; SIGSTOP has stopped it
 * @param imageDir an empty or absent directory on a file system with room, the same path in the process's mount namespace
 * @param timeout after which CRIU is killed
 * @param capsule the program agent/target/homeport-capsule, if the process's anonymous memory shall stay where it is: the images are
 *     whole when {@link MemoryAhead#supplement} has been there. Otherwise null: they hold all of it
 */
public record DumpRequest(int pid, Path imageDir, Duration timeout, Path capsule) {
    /** Enough for some 20 GB of memory onto tmpfs. */
    public static final Duration TIMEOUT = Duration.ofSeconds(120);

    /** All of its memory, with the default time-out. */
    public DumpRequest(int pid, Path imageDir) {
        this(pid, imageDir, TIMEOUT, null);
    }

    /** The same without anonymous memory. */
    public DumpRequest leavingMemory(Path capsuleProgram) {
        return new DumpRequest(pid, imageDir, timeout, capsuleProgram);
    }
}

package io.homeport.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What may write into a process's memory while none of its threads runs. */
public final class Device {
    private static final int S_IFMT = 0170000;
    private static final int S_IFCHR = 0020000;

    /** linux/major.h; the devices of Documentation/admin-guide/devices.txt that only copy, in the system call of the one who asks. */
    private static final int MEMORY = 1;

    private static final Set<Integer> HARMLESS_MEMORY = Set.of(3, 5, 7, 8, 9);
    private static final Set<Integer> TERMINALS = Set.of(4, 5, 136, 137, 138, 139, 140, 141, 142, 143);
    private static final List<String> HARMLESS_ANONYMOUS =
            List.of("[eventfd]", "[eventpoll]", "[timerfd]", "[signalfd]", "inotify", "[pidfd]", "[fanotify]");

    private static final String ANONYMOUS = "anon_inode:";

    private Device() {}

    /**
     * Looks at what a process has mapped and open: devices, contexts of asynchronous I/O (io_setup(2)), io_uring and the like. Descriptors that it does
     * not know count as such.
     */
    public static Optional<String> of(int pid) throws IOException {
        for (Mapping mapping : Mapping.readAll(pid)) {
            if (mapping.isOfDevice()) {
                return Optional.of("a mapping of " + mapping.name());
            }
        }
        for (OpenFile file : FdTable.read(pid)) {
            if (isDevice(pid, file)) {
                return Optional.of("open " + file.target());
            }
        }
        return Optional.empty();
    }

    private static boolean isDevice(int pid, OpenFile file) throws IOException {
        if (file.target().startsWith(ANONYMOUS)) {
            return !HARMLESS_ANONYMOUS.contains(file.target().substring(ANONYMOUS.length()));
        }
        if (!file.target().startsWith("/")) {
            return false;
        }
        Path path = Path.of("/proc/" + pid + "/fd/" + file.fd());
        try {
            if (((int) Files.getAttribute(path, "unix:mode") & S_IFMT) != S_IFCHR) {
                return false;
            }
            long device = (long) Files.getAttribute(path, "unix:rdev");
            int major = (int) (device >> 8 & 0xfff);
            int minor = (int) (device & 0xff);
            return !TERMINALS.contains(major) && !(major == MEMORY && HARMLESS_MEMORY.contains(minor));
        } catch (NoSuchFileException closed) {
            return false;
        }
    }
}

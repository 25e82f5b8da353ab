package io.homeport.process;

import io.homeport.posix.Errno;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The open files of one process, and what its epoll sets watch (proc_pid_fd(5), proc_pid_fdinfo(5)). */
public final class FdTable {
    /** Of some hundred files with long names. */
    private static final int FIRST_BYTES = 32 << 10;
    /** Of a socket's entry: three numbers and {@code socket:[1234567890]}. */
    private static final int SOCKET_BYTES = 32;

    private static final int REGISTRATION_BYTES = 16;

    private FdTable() {}

    /** The open descriptors in the order of their numbers; one that is closed meanwhile is left out. */
    public static List<OpenFile> read(int pid) throws IOException {
        ByteBuffer table = table(pid);
        List<OpenFile> files = new ArrayList<>();
        while (table.hasRemaining()) {
            int fd = table.getInt();
            int flags = table.getInt();
            byte[] target = new byte[table.getInt()];
            table.get(target);
            files.add(new OpenFile(fd, new String(target, StandardCharsets.UTF_8), flags));
        }
        files.sort(Comparator.comparingInt(OpenFile::fd));
        return files;
    }

    /** One whose flags are known; its process stands still. */
    public static OpenFile read(int pid, int fd, int flags) throws IOException {
        return new OpenFile(fd, Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + fd)).toString(), flags);
    }

    private static ByteBuffer table(int pid) throws IOException {
        // How many there are; 0 before Linux 6.2 (fs/proc/fd.c, proc_fd_getattr).
        long count = Files.size(Path.of("/proc/" + pid + "/fd"));
        return filled("/proc/" + pid + "/fd", FIRST_BYTES + (int) count * SOCKET_BYTES,
                (address, bytes) -> Posix.readDescriptors(pid, address, bytes));
    }

    /** Answers the bytes written, or -errno. */
    private interface Reading {
        long into(long address, int bytes);
    }

    /** What does not fit is read again. */
    private static ByteBuffer filled(String path, int firstBytes, Reading reading) throws IOException {
        long result = -Errno.EOVERFLOW;
        ByteBuffer buffer = null;
        for (int bytes = firstBytes; result == -Errno.EOVERFLOW; bytes *= 4) {
            buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            result = reading.into(Memory.address(buffer), bytes);
        }
        if (result == -Errno.ENOENT || result == -Errno.ESRCH) {
            throw new NoSuchFileException(path);
        }
        return buffer.limit((int) Posix.check(result, "reading " + path));
    }

    /**
     * What an epoll set of the process watches.
     *
     * @param most of how many files it is expected at most
     */
    static List<EpollRegistration> registrations(int pid, int epollFd, int most) throws IOException {
        ByteBuffer set = filled(fdInfo(pid, epollFd).toString(), (most + 1) * REGISTRATION_BYTES,
                (address, bytes) -> Posix.readRegistrations(pid, epollFd, address, bytes));
        List<EpollRegistration> registrations = new ArrayList<>(set.remaining() / REGISTRATION_BYTES);
        while (set.hasRemaining()) {
            registrations.add(new EpollRegistration(epollFd, set.getInt(), set.getInt(), set.getLong()));
        }
        return registrations;
    }

    /**
     * Whether a descriptor's file was opened through a mount that is one of the process's own (proc_pid_mountinfo(5)); so
     * said of one that is closed meanwhile, too.
     */
    static boolean inOwnMount(int pid, int fd) throws IOException {
        List<String> info;
        try {
            info = Files.readAllLines(fdInfo(pid, fd));
        } catch (IOException e) {
            requireClosedMeanwhile(e);
            return true;
        }
        for (String line : info) {
            if (line.startsWith("mnt_id:")) {
                String id = line.substring("mnt_id:".length()).trim() + " ";
                return Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo")).stream().anyMatch(mount -> mount.startsWith(id));
            }
        }
        return true;
    }

    /** Opening fails with NoSuchFileException then, reading what was open already with ENOENT (seq_show), a plain IOException. */
    private static void requireClosedMeanwhile(IOException e) throws IOException {
        if (e instanceof FileSystemException && !(e instanceof NoSuchFileException)) {
            throw e;
        }
    }

    private static Path fdInfo(int pid, int fd) {
        return Path.of("/proc/" + pid + "/fdinfo/" + fd);
    }
}

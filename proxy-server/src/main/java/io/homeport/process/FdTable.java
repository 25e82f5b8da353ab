package io.homeport.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The open files of one process, and what its epoll sets watch (proc_pid_fd(5), proc_pid_fdinfo(5)). */
public final class FdTable {
    private FdTable() {}

    /** The open descriptors in the order of their numbers; one that is closed meanwhile is left out. */
    public static List<OpenFile> read(int pid) throws IOException {
        List<OpenFile> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path entry : entries) {
                int fd = Integer.parseInt(entry.getFileName().toString());
                try {
                    String target = Files.readSymbolicLink(entry).toString();
                    files.add(new OpenFile(fd, target, flags(pid, fd)));
                } catch (IOException e) {
                    requireClosedMeanwhile(e);
                }
            }
        }
        files.sort(Comparator.comparingInt(OpenFile::fd));
        return files;
    }

    /** Every registration in every epoll set of the process; each set is read once. */
    public static List<EpollRegistration> epollRegistrations(int pid, List<OpenFile> files)
            throws IOException {
        List<EpollRegistration> registrations = new ArrayList<>();
        for (OpenFile file : files) {
            if (file.isEpoll()) {
                for (String line : Files.readAllLines(fdInfo(pid, file.fd()))) {
                    if (line.startsWith("tfd:")) {
                        registrations.add(EpollRegistration.parse(file.fd(), line));
                    }
                }
            }
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

    private static int flags(int pid, int fd) throws IOException {
        for (String line : Files.readAllLines(fdInfo(pid, fd))) {
            if (line.startsWith("flags:")) {
                return Integer.parseInt(line.substring(6).trim(), 8);
            }
        }
        throw new FileSystemException(fdInfo(pid, fd).toString(), null, "has no flags");
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

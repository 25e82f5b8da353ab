package io.homeport.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * On which descriptors of a process threads are inside connect(2): of a frozen process it starts again from the beginning, on
 * the file that is there then, even if the connection was made meanwhile (__inet_stream_connect: a pending signal comes first).
 * On a socket that is connected from the start it would answer EISCONN.
 *
 * <p>Looks once, when first asked. Any thread.
 */
final class BlockedConnects {
    /** asm/unistd_64.h */
    private static final String CONNECT = "42 ";

    private final int pid;
    private Set<Integer> fds;

    BlockedConnects(int pid) {
        this.pid = pid;
    }

    synchronized boolean onAnyOf(List<OpenFile> files) throws IOException {
        if (fds == null) {
            fds = look();
        }
        return files.stream().anyMatch(file -> fds.contains(file.fd()));
    }

    /** proc_pid_syscall(5): the number of the system call, then its arguments in hexadecimal. */
    private Set<Integer> look() throws IOException {
        Set<Integer> found = new HashSet<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                String call = ThreadFile.read(thread.resolve("syscall"));
                if (call.startsWith(CONNECT)) {
                    found.add(Integer.decode(call.split(" ")[1]));
                }
            }
        }
        return found;
    }
}

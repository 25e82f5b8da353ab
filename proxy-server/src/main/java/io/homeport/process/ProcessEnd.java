package io.homeport.process;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.util.concurrent.CompletableFuture;

/**
 * The end of a process that need not be a child of this one. Any thread.
 *
 * <p>Not {@link ProcessHandle#onExit}: it waits by waitid(2), which answers for a process that a thread of this daemon traces, too, as
 * soon as that is stopped (kernel/exit.c, wait_task_stopped), and takes the stop for the end.
 */
public final class ProcessEnd {
    private ProcessEnd() {}

    /**
     * Completes when the process has ended, on a thread that waits for nothing else.
     *
     * @throws PosixException ESRCH if there is no such process
     */
    public static CompletableFuture<Void> of(int pid) throws PosixException {
        int pidfd = Posix.check(Posix.pidfdOpen(pid), "watching process " + pid);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread thread = new Thread(() -> await(pidfd, ended), "end-of-" + pid);
        thread.setDaemon(true);
        thread.start();
        return ended;
    }

    // pidfd_open(2): readable when the process has ended.
    private static void await(int pidfd, CompletableFuture<Void> ended) {
        while (Posix.poll(pidfd, Linux.POLLIN, -1) == -Errno.EINTR) {
            Thread.onSpinWait();
        }
        Posix.close(pidfd);
        ended.complete(null);
    }
}

package io.homeport.criu;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the threads of a stopped process are doing, so that it can be put right should CRIU be killed while its own code runs in them.
 *
 * <pre>
 *   CRIU's code in      ended by                      killed CRIU leaves
 *   any thread          an int3                       a thread that runs into nothing: its registers are put back
 *   the leader          CRIU's word on a socket       a thread that reads that socket's end, takes back what was changed of the memory's
 *                                                     protection, closes socket and log, and returns as from a signal handler
 * </pre>
 *
 * <p>The leader does so before any other thread runs: what the process gives itself of memory meanwhile would be taken away again, and
 * descriptors would be closed, or read from, that have become others.
 *
 * <p>(compel/src/lib/infect.c, compel/plugins/std/infect.c and criu/pie/parasite.c of CRIU 4.2.) Used and closed by one thread.
 */
final class ThreadStates implements AutoCloseable {
    private static final int STOP_TIMEOUT_MS = 5_000;

    private final int pid;
    private final Set<String> sockets;
    private final long saved;

    private ThreadStates(int pid, Set<String> sockets, long saved) {
        this.pid = pid;
        this.sockets = sockets;
        this.saved = saved;
    }

    /**
     * Of a process that SIGSTOP has stopped. A thread that is let go runs until it has stopped again, which this waits for: CRIU, taking it before
     * that, asks it to stop, takes its stop for the old one, lets it go on to the one asked for, and waits for that in vain (skip_sigstop).
     */
    static ThreadStates save(int pid) throws IOException {
        Set<String> sockets = sockets(pid).map(OpenFile::target).collect(Collectors.toSet());
        Posix.check(Posix.freeze(pid, 0), "freezing process " + pid);
        long saved;
        try {
            saved = Posix.check(Posix.saveThreads(pid), "saving the registers of process " + pid);
        } finally {
            Posix.thaw(pid);
        }
        ThreadStates states = new ThreadStates(pid, sockets, saved);
        try {
            ProcessStat.awaitAllStopped(pid, STOP_TIMEOUT_MS);
            return states;
        } catch (IOException e) {
            states.close();
            throw e;
        }
    }

    /** It is still stopped then, and nothing of CRIU's runs there any more. */
    void restore() throws IOException {
        List<Integer> listening;
        Posix.check(Posix.freeze(pid, 0), "freezing process " + pid);
        try {
            listening = newSockets();
            Posix.check(Posix.restoreThreads(saved, listening.isEmpty() ? 0 : pid), "restoring the registers of process " + pid);
        } finally {
            Posix.thaw(pid);
        }
        if (!listening.isEmpty()) {
            ProcessStat.awaitAllStopped(pid, STOP_TIMEOUT_MS);
            end(listening);
            Posix.check(Posix.finishHandler(pid), "bringing the leader of process " + pid + " out of CRIU's code");
            ProcessStat.awaitAllStopped(pid, STOP_TIMEOUT_MS);
        }
    }

    /** Of CRIU's own end it need not be the last. */
    private void end(List<Integer> sockets) throws IOException {
        int pidfd = Posix.check(Posix.pidfdOpen(pid), "pidfd_open " + pid);
        try {
            for (int number : sockets) {
                int socket = Posix.check(Posix.pidfdGetfd(pidfd, number), "taking CRIU's socket in process " + pid);
                Posix.shutdown(socket, Linux.SHUT_RDWR);
                Posix.close(socket);
            }
        } finally {
            Posix.close(pidfd);
        }
    }

    private List<Integer> newSockets() throws IOException {
        return sockets(pid).filter(socket -> !sockets.contains(socket.target())).map(OpenFile::fd).toList();
    }

    @Override
    public void close() {
        Posix.freeThreads(saved);
    }

    private static Stream<OpenFile> sockets(int pid) throws IOException {
        return FdTable.read(pid).stream().filter(OpenFile::isSocket);
    }
}

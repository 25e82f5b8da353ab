package io.homeport.handover;

import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.process.ProcessStat;
import java.io.IOException;

/**
 * A running process of which no thread but the agent's runs, as long as this is open.
 *
 * <p>Opened and closed by one thread: ptrace belongs to it (ptrace(2)).
 */
public final class FrozenService implements AutoCloseable {
    private static final int STOP_TIMEOUT_MS = 5_000;

    private final int pid;
    private boolean stop;

    private FrozenService(int pid) {
        this.pid = pid;
    }

    /** Freezes a running process. */
    public static FrozenService freeze(AgentControl agent) throws PosixException {
        Posix.check(Posix.freeze(agent.pid(), agent.tid()), "freezing process " + agent.pid());
        return new FrozenService(agent.pid());
    }

    /** When the freeze ends, by the end of this daemon, too, the process shall be stopped, not run: its descriptors are about to go. */
    public void stopWhenThawed() throws IOException {
        Posix.check(Posix.stopWhenThawed(pid), "stopping process " + pid);
        stop = true;
    }

    /** Lets the threads go; if the process is to be stopped, returns when every one of them is. */
    @Override
    public void close() throws IOException {
        Posix.thaw(pid);
        if (stop) {
            // CRIU refuses a process of which some threads are stopped and others not yet (criu/seize.c).
            ProcessStat.awaitAllStopped(pid, STOP_TIMEOUT_MS);
        }
    }
}

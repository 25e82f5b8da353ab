package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.process.ProcessStat;
import java.io.IOException;

/**
 * A process of which no thread but the agent's runs, as long as this is open.
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
        Posix.check(Posix.freeze(agent.pid(), agent.tid(), false), "freezing process " + agent.pid());
        return new FrozenService(agent.pid());
    }

    /**
     * Takes a stopped process (SIGSTOP, or just restored by CRIU) and lets only the agent's thread go on.
     *
     * @param killIfDaemonDies whether the process must end should this daemon end before {@link #close}
     */
    public static FrozenService wakeAgentOnly(AgentControl agent, boolean killIfDaemonDies) throws PosixException {
        Posix.check(Posix.freeze(agent.pid(), agent.tid(), killIfDaemonDies), "freezing process " + agent.pid());
        Posix.kill(agent.pid(), Linux.SIGCONT);
        return new FrozenService(agent.pid());
    }

    /** When the freeze ends, by the end of this daemon, too, the process shall be stopped, not run: it never sees its AF_UNIX dummies. */
    public void stopWhenThawed() throws IOException {
        Posix.check(Posix.stopWhenThawed(pid, true), "stopping process " + pid);
        stop = true;
    }

    /** It has its sockets, and shall run after all. */
    public void runWhenThawed() throws IOException {
        Posix.check(Posix.stopWhenThawed(pid, false), "letting process " + pid + " run");
        stop = false;
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

package io.homeport.handover;

import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.process.ProcessStat;
import java.io.IOException;

/**
 * A stopped process (SIGSTOP, or just restored by CRIU) of which the agent's thread alone runs, as long as this is open. The process is
 * stopped all the while: whatever becomes of this daemon, only a SIGCONT lets it run.
 *
 * <p>Opened and closed by one thread: ptrace belongs to it (ptrace(2)).
 */
public final class AwakeAgent implements AutoCloseable {
    private static final int STOP_TIMEOUT_MS = 5_000;

    private final AgentControl agent;

    private AwakeAgent(AgentControl agent) {
        this.agent = agent;
    }

    /** @param killIfDaemonDies whether the process must end should this daemon end before {@link #close} */
    public static AwakeAgent in(AgentControl agent, boolean killIfDaemonDies) throws IOException {
        ProcessStat.awaitAllStopped(agent.pid(), STOP_TIMEOUT_MS);
        Posix.check(Posix.wakeThread(agent.tid(), killIfDaemonDies), "waking the agent of process " + agent.pid());
        return new AwakeAgent(agent);
    }

    /** Returns when every thread is stopped: CRIU refuses a process of which some are and others not yet (criu/seize.c). */
    @Override
    public void close() throws IOException {
        int stopped = Posix.stopThread(agent.tid());
        if (stopped < 0) {
            throw new PosixException(-stopped, "stopping the agent of process " + agent.pid());
        }
        ProcessStat.awaitAllStopped(agent.pid(), STOP_TIMEOUT_MS);
    }
}

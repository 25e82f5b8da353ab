package io.homeport.handover;

import java.io.IOException;

/** No agent runs in a process: it was started without one, its agent has stepped aside, or it is no JVM. */
public final class AgentMissing extends IOException {
    public AgentMissing(int pid) {
        super("no Homeport agent runs in process " + pid + "; start it with -javaagent:homeport-agent.jar, or attach the agent");
    }
}

package io.homeport.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;

/**
 * What {@code -javaagent} and a late attach start. Whatever fails here is said once on standard error, and the application goes on.
 *
 * <p>Called by the JVM: premain before the application's main, agentmain at any time, also in a JVM that has run premain already (then it
 * does nothing).
 */
public final class Agent {
    private static boolean started;

    private Agent() {}

    public static void premain(String arguments, Instrumentation instrumentation) {
        start(instrumentation);
    }

    public static void agentmain(String arguments, Instrumentation instrumentation) {
        start(instrumentation);
    }

    private static synchronized void start(Instrumentation instrumentation) {
        if (started) {
            return;
        }
        started = true;
        try {
            Path jar = Path.of(Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            new IsolatedLoader(jar)
                    .loadClass("io.homeport.agent.AgentStart")
                    .getMethod("start", Instrumentation.class)
                    .invoke(null, instrumentation);
        } catch (Throwable e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            System.err.println("homeport: the agent steps aside, this JVM can't be migrated: " + cause);
        }
    }
}

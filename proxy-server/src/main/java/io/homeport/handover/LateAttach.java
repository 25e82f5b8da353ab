package io.homeport.handover;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads the agent into a JVM that was started without it. The attach API finds the JVM in another PID and mount namespace by itself
 * (JDK's sun.tools.attach.VirtualMachineImpl: NSpid of /proc/PID/status, /proc/PID/root/tmp). JDK 21 and later print four lines about dynamic
 * loading on the application's standard error unless it was started with -XX:+EnableDynamicAgentLoading.
 *
 * <p>Blocks for up to some ten seconds; called by a migration's thread.
 */
public final class LateAttach {
    private static final int SIGQUIT = 3;

    private LateAttach() {}

    /** The agent of process {@code pid}, loaded from {@code agentJar} if it runs none yet. */
    public static AgentControl open(int pid, Path agentJar) throws IOException {
        try {
            return AgentControl.open(pid);
        } catch (AgentMissing missing) {
            load(pid, agentJar);
            return AgentControl.open(pid);
        }
    }

    static void load(int pid, Path agentJar) throws IOException {
        // The attach API sends SIGQUIT, which ends a process that does not handle it.
        if (!handlesQuit(pid)) {
            throw new IOException("process " + pid + " is no JVM (or one that is still starting): it does not handle SIGQUIT");
        }
        // The JVM opens the jar by this path, in its own mount namespace.
        Path seen = Path.of("/proc/" + pid + "/root" + agentJar.toAbsolutePath());
        if (!Files.isReadable(seen)) {
            throw new IOException("process " + pid + " can't see " + agentJar.toAbsolutePath() + "; start it with -javaagent instead");
        }
        String what = "loading the agent into process " + pid + ": ";
        try {
            VirtualMachine jvm = VirtualMachine.attach(Integer.toString(pid));
            try {
                jvm.loadAgent(agentJar.toAbsolutePath().toString());
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(what + "it is no JVM that can be attached to (-XX:+DisableAttachMechanism?): " + e.getMessage(), e);
        } catch (AgentLoadException | AgentInitializationException e) {
            throw new IOException(what + e.getMessage() + "; see its standard error", e);
        } catch (NoClassDefFoundError e) {
            throw new IOException(what + "this Java has no jdk.attach module; install a whole JDK", e);
        }
    }

    /** The line SigCgt of proc_pid_status(5): a mask in hexadecimal, bit 2 is SIGQUIT's. */
    private static boolean handlesQuit(int pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("SigCgt:")) {
                long caught = Long.parseUnsignedLong(line.substring("SigCgt:".length()).trim(), 16);
                return (caught & 1L << SIGQUIT - 1) != 0;
            }
        }
        return false;
    }
}

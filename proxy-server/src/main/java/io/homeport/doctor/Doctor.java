package io.homeport.doctor;

import io.homeport.config.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at this machine, one finding per thing that Homeport needs. One thread. */
public final class Doctor {
    /** An image of a small JVM is 70 MB, three of them with room to spare. */
    private static final long LITTLE_ROOM_BYTES = 512L << 20;

    private static final int OLDEST_JAVA = 17;

    private final Installation installation;

    /** Looks at the machine for this installation. */
    public Doctor(Installation installation) {
        this.installation = installation;
    }

    /** All findings, in the order in which they are best mended. Takes about a second, CRIU's self-test included. */
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(root());
        findings.add(java());
        findings.add(tools());
        findings.add(builtParts());
        findings.addAll(KernelExamination.findings());
        findings.add(room());
        findings.add(criu());
        return findings;
    }

    private static Finding root() {
        boolean root = Probe.first(Path.of("/proc/self/status"), "Uid:").startsWith("0");
        return root
                ? Finding.good("root", "yes")
                : Finding.missing("root", "no", "run the daemon, the lab and this check as root: sudo homeport doctor");
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        String found = Runtime.version() + " in " + System.getProperty("java.home");
        if (feature < OLDEST_JAVA) {
            return Finding.missing("java", found, "apt-get install openjdk-17-jdk-headless, or set JAVA_HOME");
        }
        return ModuleLayer.boot().findModule("jdk.attach").isPresent()
                ? Finding.good("java", found)
                : Finding.poor("java", found + ", without jdk.attach", "apt-get install openjdk-17-jdk-headless: a service started without the agent can only move from under a JDK");
    }

    private static Finding tools() {
        List<String> lacking = new ArrayList<>();
        for (String tool : List.of("ip", "unshare", "nsenter", "setsid", "mount")) {
            if (!Probe.onPath(tool)) {
                lacking.add(tool);
            }
        }
        return lacking.isEmpty()
                ? Finding.good("tools", "ip, unshare, nsenter, setsid, mount")
                : Finding.missing("tools", "no " + String.join(", ", lacking), "apt-get install iproute2 util-linux mount");
    }

    private Finding builtParts() {
        for (Path part : List.of(installation.jar(), installation.agentJar(), installation.library(), installation.capsule())) {
            if (!Files.isReadable(part)) {
                return Finding.missing(
                        "program", part + " is missing", "run 'mvn -B -DskipTests package' in " + installation.root()
                                + " (apt-get install maven gcc libc6-dev)");
            }
        }
        return Finding.good("program", installation.root().toString());
    }

    private static Finding room() {
        try {
            long bytes = Files.getFileStore(Path.of("/run")).getUsableSpace();
            String found = (bytes >> 20) + " MiB free in /run";
            return bytes >= LITTLE_ROOM_BYTES
                    ? Finding.good("room", found)
                    : Finding.poor("room", found, "process images need their JVM's resident memory in room: name a larger stateDir");
        } catch (IOException unreadable) {
            return Finding.poor("room", unreadable.getMessage(), "name a stateDir with room for process images");
        }
    }

    private Finding criu() {
        // As Criu.find does: an installed criu counts only when get-criu has tested it and put it there.
        Path own = Path.of(System.getenv().getOrDefault("HOMEPORT_CRIU_HOME", "/var/lib/homeport/criu"), "criu");
        String advice = "homeport criu-install (takes an installed one if it works, else Debian's, into a folder of its own)";
        if (!Files.isExecutable(own)) {
            return Finding.missing("CRIU", "none at " + own, advice);
        }
        String trouble = Probe.trouble(installation.script("get-criu").toString(), "--self-test", own.toString());
        return trouble.isEmpty()
                ? Finding.good("CRIU", own + " dumps and restores here")
                : Finding.missing("CRIU", trouble, advice);
    }
}

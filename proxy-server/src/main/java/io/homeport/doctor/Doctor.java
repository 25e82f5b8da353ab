package io.homeport.doctor;

import io.homeport.config.Installation;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at this machine, one finding per thing that Homeport needs. One thread. */
public final class Doctor {
    /** pidfd_getfd(2) came with 5.6; it is how the daemon takes a duplicate of an application's socket. */
    private static final int[] OLDEST_KERNEL = {5, 6};
    /** An image of a small JVM is 70 MB, three of them with room to spare. */
    private static final long LITTLE_ROOM_BYTES = 512L << 20;

    private static final long PATIENCE_S = 60;
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
        findings.add(kernel());
        findings.add(java());
        findings.add(tools());
        findings.add(builtParts());
        findings.add(nativeLibrary());
        findings.add(ptrace());
        findings.add(namespaces());
        findings.add(bridge());
        findings.add(ipv6());
        findings.add(room());
        findings.add(criu());
        return findings;
    }

    private static Finding root() {
        boolean root = first(Path.of("/proc/self/status"), "Uid:").startsWith("0");
        return root
                ? Finding.good("root", "yes")
                : Finding.missing("root", "no", "run the daemon, the lab and this check as root: sudo homeport doctor");
    }

    private static Finding kernel() {
        String release = System.getProperty("os.version");
        Matcher numbers = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(release);
        boolean linux = System.getProperty("os.name").equals("Linux") && numbers.matches();
        int major = linux ? Integer.parseInt(numbers.group(1)) : 0;
        int minor = linux ? Integer.parseInt(numbers.group(2)) : 0;
        boolean new_ = major > OLDEST_KERNEL[0] || major == OLDEST_KERNEL[0] && minor >= OLDEST_KERNEL[1];
        return new_
                ? Finding.good("kernel", "Linux " + release + ", " + System.getProperty("os.arch"))
                : Finding.missing("kernel", System.getProperty("os.name") + " " + release, "Linux 5.6 or later is needed (pidfd_getfd)");
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        String found = Runtime.version() + " in " + System.getProperty("java.home");
        return feature >= OLDEST_JAVA
                ? Finding.good("java", found)
                : Finding.missing("java", found, "apt-get install openjdk-17-jdk-headless, or set JAVA_HOME");
    }

    private static Finding tools() {
        List<String> lacking = new ArrayList<>();
        for (String tool : List.of("ip", "unshare", "nsenter", "setsid", "mount")) {
            if (!onPath(tool)) {
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

    private static Finding nativeLibrary() {
        try {
            int pidfd = Posix.pidfdOpen((int) ProcessHandle.current().pid());
            if (pidfd < 0) {
                return Finding.missing("pidfd", "pidfd_open gives " + pidfd, "allow pidfd_open and pidfd_getfd (a seccomp filter forbids them?)");
            }
            Posix.close(pidfd);
            return Finding.good("native part", "loads, pidfd_open works");
        } catch (LinkageError unusable) {
            return Finding.missing("native part", String.valueOf(unusable.getMessage()), "rebuild it here: mvn -B -DskipTests package");
        }
    }

    private static Finding ptrace() {
        String scope = first(Path.of("/proc/sys/kernel/yama/ptrace_scope"), "");
        return scope.equals("3")
                ? Finding.missing("ptrace", "kernel.yama.ptrace_scope is 3", "reboot with kernel.yama.ptrace_scope=1 or less: the daemon freezes services with ptrace")
                : Finding.good("ptrace", scope.isEmpty() ? "not restricted" : "yama scope " + scope);
    }

    private static Finding namespaces() {
        String trouble = trouble("unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true");
        return trouble.isEmpty()
                ? Finding.good("namespaces", "net, mount, pid, uts, ipc")
                : Finding.missing("namespaces", trouble, "run as root, outside of containers that forbid unshare");
    }

    private static Finding bridge() {
        String name = "hp-doctor";
        String trouble = trouble("ip", "link", "add", name, "type", "bridge");
        if (trouble.isEmpty()) {
            trouble("ip", "link", "delete", name);
            // Docker, for one, sets this and drops what it did not forward itself (kernel: ip-sysctl, bridge-nf-call-iptables).
            boolean filtered = first(Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables"), "").equals("1");
            return filtered
                    ? Finding.poor("lab network", "bridged packets go through iptables",
                            "if a lab's nodes do not find each other: sysctl net.bridge.bridge-nf-call-iptables=0")
                    : Finding.good("lab network", "bridges work");
        }
        return Finding.poor("lab network", trouble, "the lab and the demo need CONFIG_BRIDGE and CONFIG_VETH (modprobe bridge veth); a real cluster does not");
    }

    private static Finding ipv6() {
        return Files.exists(Path.of("/proc/net/if_inet6"))
                ? Finding.good("IPv6", "yes")
                : Finding.poor("IPv6", "no", "services with IPv6 sockets cannot come here");
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
        Path own = Path.of("/var/lib/homeport/criu/criu");
        String advice = "homeport criu-install (gets one from Debian's packages into a folder of its own)";
        if (!Files.isExecutable(own) && !onPath("criu")) {
            return Finding.missing("CRIU", "none", advice);
        }
        String which = Files.isExecutable(own) ? own.toString() : "criu";
        String trouble = trouble(installation.script("get-criu").toString(), "--self-test", which);
        return trouble.isEmpty()
                ? Finding.good("CRIU", which + " dumps and restores here")
                : Finding.missing("CRIU", trouble, advice);
    }

    private static boolean onPath(String tool) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            if (Files.isExecutable(Path.of(directory, tool))) {
                return true;
            }
        }
        return false;
    }

    /** The first line of a file that begins so, without that beginning; empty if there is none. */
    private static String first(Path file, String beginning) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length()).strip();
                }
            }
        } catch (IOException absent) {
            // As good as an empty file.
        }
        return "";
    }

    /** What a command said when it failed; empty if it did not. */
    private static String trouble(String... words) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes()).strip();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return words[0] + " does not end";
            }
            return process.exitValue() == 0 ? "" : said.isEmpty() ? words[0] + " ends with " + process.exitValue() : said;
        } catch (IOException absent) {
            return absent.getMessage();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}

package io.homeport.doctor;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel, and whoever confines this process, let Homeport do. One thread; leaves nothing behind. */
final class KernelExamination {
    /** pidfd_getfd(2) came with 5.6, as did time namespaces. */
    private static final int[] OLDEST_KERNEL = {5, 6};
    /** capabilities(7): what CRIU, the daemon and the lab use; CRIU's list is in criu(8), "--unprivileged". */
    private static final Map<Integer, String> CAPABILITIES = new LinkedHashMap<>();

    private static final int CAP_SYS_RESOURCE = 24;

    static {
        CAPABILITIES.put(0, "CHOWN");
        CAPABILITIES.put(1, "DAC_OVERRIDE");
        CAPABILITIES.put(3, "FOWNER");
        CAPABILITIES.put(5, "KILL");
        CAPABILITIES.put(6, "SETGID");
        CAPABILITIES.put(7, "SETUID");
        CAPABILITIES.put(12, "NET_ADMIN");
        CAPABILITIES.put(18, "SYS_CHROOT");
        CAPABILITIES.put(19, "SYS_PTRACE");
        CAPABILITIES.put(21, "SYS_ADMIN");
    }

    private KernelExamination() {}

    static List<Finding> findings() {
        return List.of(version(), capabilities(), ptrace(), namespaces(), time(), duplicates(), repair(), bridge(), ipv6());
    }

    private static Finding version() {
        String release = System.getProperty("os.version");
        Matcher numbers = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(release);
        boolean linux = System.getProperty("os.name").equals("Linux") && numbers.matches();
        int major = linux ? Integer.parseInt(numbers.group(1)) : 0;
        int minor = linux ? Integer.parseInt(numbers.group(2)) : 0;
        boolean recent = major > OLDEST_KERNEL[0] || major == OLDEST_KERNEL[0] && minor >= OLDEST_KERNEL[1];
        return recent
                ? Finding.good("kernel", "Linux " + release + ", " + System.getProperty("os.arch"))
                : Finding.missing("kernel", System.getProperty("os.name") + " " + release, "boot Linux 5.6 or later (pidfd_getfd)");
    }

    private static Finding capabilities() {
        String mask = Probe.first(Path.of("/proc/self/status"), "CapEff:");
        long held = mask.isEmpty() ? 0 : Long.parseUnsignedLong(mask, 16);
        List<String> lacking = new ArrayList<>();
        CAPABILITIES.forEach((bit, name) -> {
            if ((held >>> bit & 1) == 0) {
                lacking.add("CAP_" + name);
            }
        });
        if (!lacking.isEmpty()) {
            return Finding.missing("capabilities", "no " + String.join(", ", lacking), "run as root with all capabilities (docker: --privileged)");
        }
        boolean limits = (held >>> CAP_SYS_RESOURCE & 1) == 1;
        return Finding.good("capabilities", limits ? "all" : "all needed (no CAP_SYS_RESOURCE: a service's own file limit bounds its sockets)");
    }

    private static Finding ptrace() {
        String scope = Probe.first(Path.of("/proc/sys/kernel/yama/ptrace_scope"), "");
        return scope.equals("3")
                ? Finding.missing("ptrace", "kernel.yama.ptrace_scope is 3", "reboot with kernel.yama.ptrace_scope=1 or less: the daemon freezes services with ptrace")
                : Finding.good("ptrace", scope.isEmpty() ? "not restricted" : "yama scope " + scope);
    }

    private static Finding namespaces() {
        String trouble = Probe.trouble("unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true");
        return trouble.isEmpty()
                ? Finding.good("namespaces", "net, mount, pid, uts, ipc")
                : Finding.missing("namespaces", trouble, "run as root, outside of containers that forbid unshare");
    }

    private static Finding time() {
        return Files.exists(Path.of("/proc/self/ns/time"))
                ? Finding.good("time namespaces", "yes")
                : Finding.missing("time namespaces", "no", "use a kernel with CONFIG_TIME_NS: without it a moved JVM's System.nanoTime() jumps");
    }

    private static Finding duplicates() {
        try {
            int pidfd = Posix.pidfdOpen((int) ProcessHandle.current().pid());
            int duplicate = pidfd < 0 ? pidfd : Posix.pidfdGetfd(pidfd, pidfd);
            close(pidfd);
            close(duplicate);
            return duplicate >= 0
                    ? Finding.good("socket hand-over", "pidfd_getfd works")
                    : Finding.missing("socket hand-over", "pidfd_getfd gives " + Errno.name(-duplicate), "allow pidfd_open and pidfd_getfd (a seccomp filter forbids them?)");
        } catch (LinkageError unusable) {
            return Finding.missing("socket hand-over", String.valueOf(unusable.getMessage()), "rebuild the native part here: mvn -B -DskipTests package");
        }
    }

    private static Finding repair() {
        try {
            int socket = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
            int result = Posix.setsockoptInt(socket, Linux.IPPROTO_TCP, Linux.TCP_REPAIR, 1);
            close(socket);
            return result >= 0
                    ? Finding.good("TCP_REPAIR", "yes")
                    : Finding.missing("TCP_REPAIR", Errno.name(-result), "use a kernel with CONFIG_CHECKPOINT_RESTORE, and CAP_NET_ADMIN: unsent bytes are read with it");
        } catch (LinkageError unusable) {
            return Finding.missing("TCP_REPAIR", "not looked at", "rebuild the native part here: mvn -B -DskipTests package");
        }
    }

    private static Finding bridge() {
        // Named by the PID: others may be looking at the same time. An interface's name has at most 15 characters.
        long pid = ProcessHandle.current().pid();
        String bridge = "hpd" + pid;
        String cable = "hpv" + pid;
        String trouble = Probe.trouble("ip", "link", "add", bridge, "type", "bridge");
        if (trouble.isEmpty()) {
            Probe.trouble("ip", "link", "delete", bridge);
            trouble = Probe.trouble("ip", "link", "add", cable, "type", "veth", "peer", "name", "hpw" + pid);
        }
        if (trouble.isEmpty()) {
            Probe.trouble("ip", "link", "delete", cable);
            // Docker, for one, sets this and drops what it did not forward itself (kernel: ip-sysctl, bridge-nf-call-iptables).
            return Probe.first(Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables"), "").equals("1")
                    ? Finding.poor("lab network", "bridged packets go through iptables",
                            "if a lab's nodes do not find each other: sysctl net.bridge.bridge-nf-call-iptables=0")
                    : Finding.good("lab network", "bridges and veth pairs work");
        }
        return Finding.poor("lab network", trouble, "the lab and the demo need CONFIG_BRIDGE and CONFIG_VETH (modprobe bridge veth); a real cluster does not");
    }

    private static Finding ipv6() {
        return Files.exists(Path.of("/proc/net/if_inet6"))
                ? Finding.good("IPv6", "yes")
                : Finding.poor("IPv6", "no", "services with IPv6 sockets cannot come here: boot without ipv6.disable=1");
    }

    private static void close(int fd) {
        if (fd >= 0) {
            Posix.close(fd);
        }
    }
}

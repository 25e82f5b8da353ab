package io.homeport.lab;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * One network of a lab: a bridge in the root network namespace with an address on it, and one veth pair per node. A lab may have several:
 * links between its nodes.
 *
 * <pre>
 *   host: hp-X  10.77.X.254, fd77:X::fe
 *           ├── hpX-1 ══ eth0 10.77.X.1, fd77:X::1   (first node)
 *           └── hpX-2 ══ eth0 10.77.X.2, fd77:X::2   (second node)
 * </pre>
 *
 * The nodes' default route is that of the first network (eth0); the second is eth1, and so on. The veth ends are removed with the bridge by {@link #delete}: a node's network namespace can outlive its processes by
 * minutes, held by a TCP connection that the kernel still tries to end.
 *
 * @param subnet X, 1 to 250: the bridge's existence is what makes it taken
 */
record LabNetwork(int subnet) {
    /** Last host number; also the reason for at most this many nodes. */
    static final int MOST_NODES = 250;

    private static final int HIGHEST_SUBNET = 250;
    private static final int HOST = 254;

    /**
     * Finds a free X and makes the bridge. Needs the lab directory's lock, so that two labs do not take the same.
     *
     * @param note told X before the bridge exists, so that a crash in between leaves none that nobody knows
     */
    static LabNetwork create(IntConsumer note) {
        for (int subnet = 1; subnet <= HIGHEST_SUBNET; subnet++) {
            LabNetwork network = new LabNetwork(subnet);
            if (!network.taken()) {
                note.accept(subnet);
                network.addBridge();
                return network;
            }
        }
        throw new LabException(
                LabException.Kind.FAILED, "all bridges hp-1 to hp-250 exist: end labs that are not used (homeport lab down)");
    }

    String bridge() {
        return "hp-" + subnet;
    }

    String hostAddress() {
        return address(HOST);
    }

    String hostAddress6() {
        return address6(HOST);
    }

    String address(int host) {
        return "10.77." + subnet + "." + host;
    }

    String address6(int host) {
        return "fd77:" + subnet + "::" + Integer.toHexString(host);
    }

    /** The name that network number {@code number} (from 0) of a lab has inside its nodes. */
    static String device(int number) {
        return "eth" + number;
    }

    /** Wires node number {@code host} (from 1), whose init has {@code initPid}, to the bridge, which is the lab's network {@code number}. */
    void connect(int host, long initPid, int number) {
        String outer = "hp" + subnet + "-" + host;
        // What a lab that was killed left of itself.
        Shell.attempt("", List.of("ip", "link", "delete", outer));
        ip(List.of("ip", "-batch", "-"), """
                link add %1$s type veth peer name %4$s netns %2$d
                link set %1$s master %3$s up
                """.formatted(outer, initPid, bridge(), device(number)));
        String inner = "link set lo up\naddr add " + address(host) + "/24 dev " + device(number) + "\nlink set " + device(number) + " up\n";
        if (number == 0) {
            inner += "route add default via " + hostAddress() + "\n";
        }
        if (ipv6()) {
            inner += "addr add " + address6(host) + "/64 dev " + device(number) + " nodad\n";
        }
        ip(List.of("nsenter", "-t", Long.toString(initPid), "-n", "ip", "-batch", "-"), inner);
    }

    /** Cuts or mends node number {@code host}'s wire: the carrier goes, addresses stay. */
    void carrier(int host, boolean up) {
        Shell.run("", List.of("ip", "link", "set", "hp" + subnet + "-" + host, up ? "up" : "down"));
    }

    /** Takes node number {@code host}'s wire off the bridge, or puts it back: packets vanish, the carrier stays. */
    void swallow(int host, boolean on) {
        List<String> link = List.of("ip", "link", "set", "hp" + subnet + "-" + host);
        Shell.run("", Stream.concat(link.stream(), on ? Stream.of("nomaster") : Stream.of("master", bridge())).toList());
    }

    /** Removes the wires of nodes 1 to {@code nodes} and the bridge; no error if they are gone. */
    void delete(int nodes) {
        for (int host = 1; host <= nodes; host++) {
            Shell.attempt("", List.of("ip", "link", "delete", "hp" + subnet + "-" + host));
        }
        Shell.attempt("", List.of("ip", "link", "delete", bridge()));
    }

    private boolean taken() {
        try {
            return NetworkInterface.getByName(bridge()) != null;
        } catch (SocketException unreadable) {
            return true;
        }
    }

    private void addBridge() {
        Shell.Result added = Shell.attempt("", List.of("ip", "link", "add", bridge(), "type", "bridge"));
        if (added.status() != 0) {
            throw new LabException(
                    LabException.Kind.LACKING,
                    "this kernel or user cannot make a network bridge (" + added.output().strip()
                            + "): run as root, on a kernel with CONFIG_BRIDGE and CONFIG_VETH");
        }
        String batch = "addr add " + hostAddress() + "/24 dev " + bridge() + "\n";
        if (ipv6()) {
            batch += "addr add " + address6(HOST) + "/64 dev " + bridge() + " nodad\n";
        }
        ip(List.of("ip", "-batch", "-"), batch + "link set " + bridge() + " up\n");
    }

    private static boolean ipv6() {
        return Files.exists(Path.of("/proc/net/if_inet6"));
    }

    private static void ip(List<String> command, String batch) {
        Shell.run(batch, command);
    }
}

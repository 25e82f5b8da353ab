package io.homeport.bench.moves;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A JVM of the same kind as the one that is moved, with as many connections, but without agent or capsule: it goes from alpha to beta
 * and back by {@code criu --tcp-established}, and the address that its clients have goes along.
 *
 * <pre>
 *   host: PingLoad ══ TCP to 10.77.X.253 ══►  alpha, eth0      beta, eth0       one of them has the address
 * </pre>
 *
 * <p>The command's thread, which closes it.
 */
final class AddressedService implements Closeable {
    private static final String READY = "/run/bench-address.ready";
    /** Host number of the service's own address: no lab gives it to anybody. */
    private static final byte HOST = (byte) 253;
    /**
     * A node numbers its processes and threads from here on, each node elsewhere: CRIU gives every thread the number that it had, which
     * must be free at the destination (pid_namespaces(7); numbers end at 32,768).
     */
    private static final int ALPHA_IDS = 10_000;

    private static final int BETA_IDS = 20_000;
    private static final long ANSWER_MS = 30_000;

    private final String criu;
    private final String script;
    private final String address;
    private final int pid;
    private LabNode node;
    private LabNode other;
    private PingLoad load;

    private AddressedService(LabNode node, LabNode other, String criu, String address, int pid) throws IOException {
        try (InputStream in = AddressedService.class.getResourceAsStream("with-its-address.sh")) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        this.node = node;
        this.other = other;
        this.criu = criu;
        this.address = address;
        this.pid = pid;
    }

    /** Starts the JVM on alpha, and its clients. @throws IOException if it does not start */
    static AddressedService start(Lab lab, String criu, JvmPlan jvm, int port, int connections, long intervalNs)
            throws IOException, InterruptedException {
        LabNode alpha = lab.node("alpha");
        LabNode beta = lab.node("beta");
        count(alpha, ALPHA_IDS);
        count(beta, BETA_IDS);
        // Its counters must not be in a file, which the other node would not have.
        int pid = ServiceStart.start(alpha, READY, jvm.words(port, READY, "-XX:+PerfDisableSharedMem"));
        InetAddress address = besides(alpha.address());
        AddressedService service = new AddressedService(alpha, beta, criu, address.getHostAddress(), pid);
        Command.run(alpha, List.of("ip", "address", "add", service.address + "/32", "dev", "eth0"));
        service.load = new PingLoad(new InetSocketAddress(address, port), connections, intervalNs);
        return service;
    }

    /** The clients. */
    PingLoad load() {
        return load;
    }

    /**
     * Moves it to the other node. The clients ping already.
     *
     * @throws IOException with CRIU's last words if it fails, or if a connection is lost or an answer wrong
     */
    AddressedMove move() throws IOException, InterruptedException {
        List<String> arguments = List.of(criu, Integer.toString(pid), address, Long.toString(node.initPid()), Long.toString(other.initPid()));
        String said = Command.runOnHost(script, arguments);
        LabNode left = node;
        node = other;
        other = left;
        load.awaitAnswers(ANSWER_MS);
        return AddressedMove.parse(said, load.takeLongestWaitsNs());
    }

    /** Ends clients and JVM and takes the address away. */
    @Override
    public void close() throws IOException {
        load.close();
        try {
            // It ends by itself when its clients do, or has by now.
            Command.run(node, List.of("/bin/bash", "-c", "kill -KILL " + pid + " 2>/dev/null; ip address delete " + address + "/32 dev eth0"));
            // Whoever asks next must not be sent where it was last.
            Command.runOnHost("ip neighbour flush to \"$1\"", List.of(address));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void count(LabNode node, int from) throws IOException, InterruptedException {
        Command.run(node, List.of("/bin/bash", "-c", "echo " + from + " >/proc/sys/kernel/ns_last_pid"));
    }

    /** An address of the same network that no node has. */
    static InetAddress besides(InetAddress node) throws UnknownHostException {
        byte[] bytes = node.getAddress();
        bytes[bytes.length - 1] = HOST;
        return InetAddress.getByAddress(bytes);
    }
}

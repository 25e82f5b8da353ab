package io.homeport.lab;

import io.homeport.ca.CertificateAuthority;
import io.homeport.config.Installation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Builds one lab, once: directories, bridge, nodes. On the caller's thread, under the lab lock. */
final class LabSetup {
    private static final List<Path> PRIVATE = List.of(Path.of("/tmp"), Path.of("/run"), Path.of("/var/tmp"), Path.of("/dev/shm"));

    /** A JVM's start on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LabPlan plan;
    private final Installation installation;
    private final List<LabNetwork> networks = new ArrayList<>();

    LabSetup(LabPlan plan, Installation installation) {
        this.plan = plan;
        this.installation = installation;
    }

    /** @throws LabException with everything made so far noted in the lab's state, for the caller to remove */
    Lab build() {
        LabState.delete(plan.name());
        try {
            for (String node : plan.nodes()) {
                Files.createDirectories(LabState.directory(plan.name(), node));
            }
            List<Integer> subnets = new ArrayList<>();
            while (networks.size() < plan.networks()) {
                networks.add(LabNetwork.create(subnet -> {
                    subnets.add(subnet);
                    new LabState(plan.name(), subnets, plan.nodes()).write();
                }));
            }
            LabState state = new LabState(plan.name(), List.copyOf(subnets), plan.nodes());
            List<LabNode> nodes = startNodes(unpack(initScript(plan.name())), unpack(enterScript(plan.name())));
            List<LabNode> served = nodes.stream().filter(node -> plan.hasDaemon(node.name())).toList();
            served.forEach(node -> node.daemon().awaitAnswer(PATIENCE));
            served.forEach(node -> node.daemon().awaitLinks(PATIENCE));
            return Lab.of(state, nodes);
        } catch (IOException failed) {
            throw new LabException(LabException.Kind.FAILED, "lab '" + plan.name() + "': " + failed.getMessage(), failed);
        }
    }

    static Path initScript(String lab) {
        return LabState.directory(lab).resolve("node-init.sh");
    }

    static Path enterScript(String lab) {
        return LabState.directory(lab).resolve("node-enter.sh");
    }

    /** All at once: what takes time is waiting for kernel and JVMs. */
    private List<LabNode> startNodes(Path init, Path enter) throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Future<CertificateAuthority> authority =
                    threads.submit(() -> CertificateAuthority.create(LabState.directory(plan.name()).resolve("ca")));
            List<Future<LabNode>> starting = new ArrayList<>();
            for (String node : plan.nodes()) {
                int host = starting.size() + 1;
                starting.add(threads.submit(() -> startNode(node, host, init, enter, authority)));
            }
            List<LabNode> nodes = new ArrayList<>();
            for (Future<LabNode> future : starting) {
                nodes.add(future.get());
            }
            return nodes;
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof LabException known
                    ? known
                    : new LabException(LabException.Kind.FAILED, "a node did not start: " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabException(LabException.Kind.FAILED, "interrupted while starting", interrupted);
        } finally {
            shutdown(threads);
        }
    }

    /** A failed start is removed afterwards: no thread may go on making things then. */
    private static void shutdown(ExecutorService threads) {
        threads.shutdown();
        try {
            threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private LabNode startNode(String name, int host, Path initScript, Path enterScript, Future<CertificateAuthority> authority)
            throws IOException, InterruptedException, ExecutionException {
        Path directory = LabState.directory(plan.name(), name);
        Files.writeString(directory.resolve("hosts"), hosts());
        NodeInit init = NodeInit.start(initScript, name, directory, keep());
        for (int number = 0; number < networks.size(); number++) {
            networks.get(number).connect(host, init.pid(), number);
        }
        LabNode node = new LabNode(plan.name(), name, host, networks, init, enterScript, installation.launcher());
        CertificateAuthority signer = authority.get();
        synchronized (signer) {
            signer.issue(name, directory);
        }
        Files.writeString(node.daemon().configuration(), configuration(name, host));
        if (plan.hasDaemon(name)) {
            node.daemon().start();
        }
        return node;
    }

    private String configuration(String name, int host) {
        StringBuilder yaml = new StringBuilder("# Written by homeport lab up\n");
        yaml.append("name: ").append(name).append("\nlisten: ").append(list(number -> networks.get(number).address(host))).append('\n');
        List<String> peers = plan.nodes().stream().filter(node -> !node.equals(name) && !plan.hosts().contains(node)).toList();
        yaml.append(peers.isEmpty() ? "peers: {}\n" : "peers:\n");
        for (String node : peers) {
            int peer = plan.nodes().indexOf(node) + 1;
            yaml.append("  ").append(node).append(": ").append(list(number ->
                    networks.get(number).address(peer) + " via " + LabNetwork.device(number))).append('\n');
        }
        if (!plan.settles("tls")) {
            yaml.append("tls:\n  authority: ca.crt\n  certificate: node.crt\n  key: node.key\n  revocations: ca.crl\n");
        }
        if (!plan.settles("rehearse")) {
            yaml.append("rehearse: off\n"); // a lab is several nodes on one machine, and is up and down again soon
        }
        return yaml.append(plan.settings()).toString();
    }

    private String list(IntFunction<String> ofNetwork) {
        return IntStream.range(0, networks.size()).mapToObj(ofNetwork).collect(Collectors.joining(", ", "[", "]"));
    }

    private String hosts() {
        LabNetwork network = networks.get(0);
        StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        for (int index = 0; index < plan.nodes().size(); index++) {
            String node = plan.nodes().get(index);
            lines.append(network.address(index + 1)).append(' ').append(node).append('\n');
            lines.append(network.address6(index + 1)).append(' ').append(node).append('\n');
        }
        return lines.append(network.hostAddress()).append(" host\n").toString();
    }

    /** What lies below a directory that each node has for itself and must still be seen: this program, Java, the caller. */
    private List<Path> keep() throws IOException {
        List<Path> kept = new ArrayList<>();
        for (Path wanted : List.of(
                installation.root(), Path.of(System.getProperty("java.home")), Path.of(System.getProperty("user.dir")))) {
            Path real = wanted.toRealPath();
            boolean hidden = PRIVATE.stream().anyMatch(top -> real.startsWith(top) && !real.equals(top));
            if (hidden && Stream.concat(kept.stream(), Stream.of(LabState.directory(plan.name()))).noneMatch(real::startsWith)) {
                kept.add(real);
            }
        }
        return kept;
    }

    private static Path unpack(Path script) throws IOException {
        try (InputStream packed = LabSetup.class.getResourceAsStream(script.getFileName().toString())) {
            if (packed == null) {
                throw new IOException(script.getFileName() + " is not in the jar");
            }
            Files.copy(packed, script);
        }
        return script;
    }
}

package io.homeport.lab;

import io.homeport.config.Installation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Builds one lab, once: directories, bridge, nodes. On the caller's thread, under the lab lock. */
final class LabSetup {
    private static final List<Path> PRIVATE = List.of(Path.of("/tmp"), Path.of("/run"), Path.of("/var/tmp"), Path.of("/dev/shm"));

    private final LabPlan plan;
    private final Installation installation;
    private LabNetwork network;

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
            // Noted before it exists, so that a crash in between leaves nothing unknown.
            new LabState(plan.name(), 0, plan.nodes()).write();
            network = LabNetwork.create();
            LabState state = new LabState(plan.name(), network.subnet(), plan.nodes());
            state.write();
            Path init = unpack("node-init.sh");
            Path enter = unpack("node-enter.sh");
            List<LabNode> nodes = new ArrayList<>();
            for (String node : plan.nodes()) {
                nodes.add(startNode(node, nodes.size() + 1, init, enter));
            }
            return Lab.of(state, nodes);
        } catch (IOException failed) {
            throw new LabException(LabException.Kind.FAILED, "lab '" + plan.name() + "': " + failed.getMessage(), failed);
        }
    }

    static Path enterScript(String lab) {
        return LabState.directory(lab).resolve("node-enter.sh");
    }

    private LabNode startNode(String node, int host, Path initScript, Path enterScript) throws IOException {
        Path directory = LabState.directory(plan.name(), node);
        Files.writeString(directory.resolve("hosts"), hosts());
        NodeInit init = NodeInit.start(initScript, node, directory, keep());
        network.connect(host, init.pid());
        return new LabNode(plan.name(), node, host, network, init, enterScript, installation.launcher());
    }

    private String hosts() {
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

    private Path unpack(String script) throws IOException {
        Path file = LabState.directory(plan.name()).resolve(script);
        try (InputStream packed = LabSetup.class.getResourceAsStream(script)) {
            if (packed == null) {
                throw new UncheckedIOException(new IOException(script + " is not in the jar"));
            }
            Files.copy(packed, file);
        }
        return file;
    }
}

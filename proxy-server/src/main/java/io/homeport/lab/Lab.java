package io.homeport.lab;

import io.homeport.config.Installation;
import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Several nodes on this machine, see the package. Made by {@link #up} or found by {@link #find}; ended by {@link #close}
 * (or by {@code homeport lab down}, from another process). One thread at a time.
 *
 * <pre>
 *   try (Lab lab = Lab.up("alpha", "beta")) {
 *       Process server = lab.exec("alpha", "java", "-jar", "server.jar").inheritIO().start();
 *       new Socket(lab.node("alpha").address(), 8080);
 *   }
 * </pre>
 */
public final class Lab implements Closeable {
    private final LabState state;
    private final Map<String, LabNode> nodes;

    private Lab(LabState state, Map<String, LabNode> nodes) {
        this.state = state;
        this.nodes = nodes;
    }

    /** Brings up the lab that HOMEPORT_LAB names with these nodes, and waits until their daemons are linked. */
    public static Lab up(String... nodes) {
        return up(LabPlan.of(nodes));
    }

    /**
     * Brings up a lab. What a crashed one of the same name left is removed first.
     *
     * @throws LabException when it is up already, or something is lacking; nothing is left behind then
     */
    public static Lab up(LabPlan plan) {
        requireRoot();
        return LabState.locked(() -> {
            LabState.read(plan.name()).ifPresent(Lab::removeCrashed);
            LabSetup setup = new LabSetup(plan, Installation.find());
            try {
                return setup.build();
            } catch (RuntimeException failed) {
                LabState.read(plan.name()).ifPresent(Lab::remove);
                throw failed;
            }
        });
    }

    /**
     * The lab of that name as another process brought it up.
     *
     * @throws LabException when there is none, or a node of it has died
     */
    public static Lab find(String name) {
        LabPlan.checkName("lab", name);
        LabState state = LabState.read(name)
                .orElseThrow(() -> new LabException(
                        LabException.Kind.NOT_UP, "no lab '" + name + "' is up: homeport lab up alpha beta gamma"));
        Path launcher = Installation.find().launcher();
        Map<String, LabNode> nodes = new LinkedHashMap<>();
        for (String node : state.nodes()) {
            Optional<NodeInit> init = NodeInit.read(LabState.directory(name, node)).filter(NodeInit::alive);
            int host = nodes.size() + 1;
            nodes.put(node, new LabNode(
                    name,
                    node,
                    host,
                    state.subnets().stream().map(LabNetwork::new).toList(),
                    init.orElseThrow(() -> new LabException(
                            LabException.Kind.NOT_UP,
                            "node " + node + " of lab '" + name + "' has died: homeport lab down, then up again")),
                    LabSetup.enterScript(name),
                    launcher));
        }
        return new Lab(state, nodes);
    }

    /** Ends a lab and removes what is left of it, crashed or not. @return whether there was one */
    public static boolean down(String name) {
        LabPlan.checkName("lab", name);
        requireRoot();
        return LabState.locked(() -> {
            Optional<LabState> found = LabState.read(name);
            found.ifPresent(Lab::remove);
            return found.isPresent();
        });
    }

    static Lab of(LabState state, List<LabNode> nodes) {
        Map<String, LabNode> byName = new LinkedHashMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        return new Lab(state, byName);
    }

    /** The lab's name. */
    public String name() {
        return state.name();
    }

    /** In the order they were named. */
    public Collection<LabNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /** @throws LabException when the lab has no such node */
    public LabNode node(String name) {
        LabNode node = nodes.get(name);
        if (node == null) {
            throw new LabException(
                    LabException.Kind.NOT_UP,
                    "lab '" + name() + "' has no node '" + name + "', only " + String.join(", ", nodes.keySet()));
        }
        return node;
    }

    /** {@link LabNode#exec(String...)} */
    public ProcessBuilder exec(String node, String... command) {
        return node(node).exec(command);
    }

    /** The host's own address on the lab's bridge: where clients on the host come from. */
    public String hostAddress() {
        return new LabNetwork(state.subnets().get(0)).hostAddress();
    }

    /** The same for IPv6. */
    public String hostAddress6() {
        return new LabNetwork(state.subnets().get(0)).hostAddress6();
    }

    /** Ends every process in every node and removes the lab. */
    @Override
    public void close() {
        down(state.name());
    }

    private static void removeCrashed(LabState old) {
        List<String> living = new ArrayList<>();
        for (String node : old.nodes()) {
            NodeInit.read(LabState.directory(old.name(), node)).filter(NodeInit::alive).ifPresent(init -> living.add(node));
        }
        if (!living.isEmpty() && living.size() == old.nodes().size()) {
            throw new LabException(
                    LabException.Kind.FAILED,
                    "lab '" + old.name() + "' is up already (" + String.join(", ", living)
                            + "): homeport lab down ends it; HOMEPORT_LAB=NAME makes another beside it");
        }
        remove(old);
    }

    private static void remove(LabState old) {
        // By its number first: it may be another program by now.
        old.nodes().forEach(node -> NodeInit.read(LabState.directory(old.name(), node)).ifPresent(NodeInit::kill));
        NodeInit.killAll(LabSetup.initScript(old.name()));
        old.subnets().forEach(subnet -> new LabNetwork(subnet).delete(old.nodes().size()));
        LabState.delete(old.name());
    }

    private static void requireRoot() {
        try {
            if (!Files.readAllLines(Path.of("/proc/self/status")).contains("Uid:\t0\t0\t0\t0")) {
                throw new LabException(
                        LabException.Kind.LACKING, "a lab makes network and mount namespaces: run as root (sudo homeport lab ...)");
            }
        } catch (java.io.IOException noProc) {
            throw new LabException(LabException.Kind.LACKING, "/proc is not mounted: a lab needs Linux with /proc", noProc);
        }
    }
}

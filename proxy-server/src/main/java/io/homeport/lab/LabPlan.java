package io.homeport.lab;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a lab is to be.
 *
 * @param name the lab's own name: its state lies in /run/homeport-lab/NAME
 * @param nodes the nodes' names, which are their host names too
 * @param settings further lines for every node's configuration file, YAML; may be empty. A {@code tls} line takes the place of the lab's own
 * @param daemons whether to start a node daemon in each
 * @param networks links between every two nodes
 * @param hosts those of the nodes that are plain hosts whatever {@code daemons} says: no daemon, and nobody's peer
 */
public record LabPlan(String name, List<String> nodes, String settings, boolean daemons, int networks, Set<String> hosts) {
    /** Names become host names, directory names and certificate names: letters, digits, hyphens (RFC 1123). */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /** More links would only probe each other's wires, and a node takes no more. */
    private static final int MOST_NETWORKS = 8;

    /** A lab of one network. @throws LabException when a name cannot be used */
    public LabPlan(String name, List<String> nodes, String settings, boolean daemons) {
        this(name, nodes, settings, daemons, 1);
    }

    /** A lab whose nodes are all alike. @throws LabException when a name or number cannot be used */
    public LabPlan(String name, List<String> nodes, String settings, boolean daemons, int networks) {
        this(name, nodes, settings, daemons, networks, Set.of());
    }

    /** @throws LabException when a name or number cannot be used */
    public LabPlan {
        nodes = List.copyOf(nodes);
        hosts = Set.copyOf(hosts);
        checkName("lab", name);
        if (nodes.isEmpty()) {
            throw new LabException(LabException.Kind.WRONG_NAME, "name at least one node, e.g.: homeport lab up alpha beta");
        }
        if (nodes.size() > LabNetwork.MOST_NODES) {
            throw new LabException(
                    LabException.Kind.WRONG_NAME, "at most " + LabNetwork.MOST_NODES + " nodes fit one lab's network");
        }
        if (networks < 1 || networks > MOST_NETWORKS) {
            throw new LabException(LabException.Kind.WRONG_NAME, "a lab has 1 to " + MOST_NETWORKS + " networks, not " + networks);
        }
        Set<String> seen = new HashSet<>();
        for (String node : nodes) {
            checkName("node", node);
            if (!seen.add(node)) {
                throw new LabException(LabException.Kind.WRONG_NAME, "node " + node + " is named twice: give each node a name of its own");
            }
        }
        if (!seen.containsAll(hosts)) {
            throw new LabException(LabException.Kind.WRONG_NAME, "plain hosts " + hosts + " are not all among the nodes " + nodes);
        }
    }

    /** The lab that HOMEPORT_LAB names ("lab" if it names none), with daemons and default settings. */
    public static LabPlan of(String... nodes) {
        return new LabPlan(defaultName(), List.of(nodes), "", true);
    }

    /** HOMEPORT_LAB, or "lab". */
    public static String defaultName() {
        String named = System.getenv("HOMEPORT_LAB");
        return named == null || named.isBlank() ? "lab" : named;
    }

    /** The same under another name. */
    public LabPlan withName(String other) {
        return new LabPlan(other, nodes, settings, daemons, networks, hosts);
    }

    /** The same with further lines in every node's configuration file. */
    public LabPlan withSettings(String yaml) {
        return new LabPlan(name, nodes, settings + yaml.stripTrailing() + "\n", daemons, networks, hosts);
    }

    /** The same whose daemons rehearse a move before they begin, as all do but a lab's. */
    public LabPlan rehearsing() {
        return withSettings("rehearse: on");
    }

    /** The same without node daemons: bare hosts. */
    public LabPlan withoutDaemons() {
        return new LabPlan(name, nodes, settings, false, networks, hosts);
    }

    /** The same with so many links between every two nodes: eth0, eth1, ... */
    public LabPlan withNetworks(int count) {
        return new LabPlan(name, nodes, settings, daemons, count, hosts);
    }

    /** The same with these nodes as plain hosts: clients, for example. */
    public LabPlan withHosts(String... plain) {
        return new LabPlan(name, nodes, settings, daemons, networks, Set.of(plain));
    }

    /** Whether that node gets a daemon. */
    boolean hasDaemon(String node) {
        return daemons && !hosts.contains(node);
    }

    /** Whether the settings say something of that key themselves. */
    boolean settles(String key) {
        return settings.lines().anyMatch(line -> line.startsWith(key + ":"));
    }

    Path directory() {
        return LabState.directory(name);
    }

    static void checkName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new LabException(
                    LabException.Kind.WRONG_NAME,
                    what + " name '" + name + "': use lower-case letters, digits and hyphens, a letter first, at most 32");
        }
    }
}

package io.homeport.link;

import io.homeport.wire.FrameLimits;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Settings of the links of a node.
 *
 * @param node name of this node: one DNS label in lower case; the certificate names it
 * @param listenAddresses where other nodes reach this one; port 0 for any (tests)
 * @param peers the other nodes of the cluster and the links to each; a node that is not here is refused
 * @param policy by which links streams go that were not told otherwise
 * @param tls certificates; null turns TLS off, for benchmarks in a closed network
 * @param timings time-outs
 */
public record LinkConfig(
        String node, List<InetSocketAddress> listenAddresses, Map<String, List<LinkAddress>> peers, LinkPolicy policy, TlsFiles tls, Timings timings) {
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Links between two nodes: more would only probe each other's wires. */
    public static final int MOST_LINKS = 8;

    /** Settings with one link to each peer. */
    public LinkConfig(
            String node, InetSocketAddress listenAddress, Map<String, InetSocketAddress> peers, TlsFiles tls, Timings timings) {
        this(node, List.of(listenAddress), oneLinkEach(peers), LinkPolicy.LOADBALANCE, tls, timings);
    }

    /** The same with the usual time-outs. */
    public LinkConfig(String node, InetSocketAddress listenAddress, Map<String, InetSocketAddress> peers, TlsFiles tls) {
        this(node, listenAddress, peers, tls, Timings.DEFAULT);
    }

    /**
     * PEM files as {@code homeport ca} makes them.
     *
     * @param authority the cluster's certificate ({@code ca.crt})
     * @param certificate this node's ({@code node.crt})
     * @param key this node's private key ({@code node.key})
     * @param revocations revocation list ({@code ca.crl}), or null; read again whenever it changes
     */
    public record TlsFiles(Path authority, Path certificate, Path key, Path revocations) {}

    /**
     * Time-outs of a lane, all in milliseconds.
     *
     * @param connectTimeoutMs for TCP, TLS and the handshake, each
     * @param probeIntervalMs how often a lane is pinged
     * @param txRetries pings in a row that may stay unanswered, after the first, before the link is suspect and its streams move; as
     *     many must be answered before they come back
     * @param linkTimeoutMs a lane that brings nothing for so long is closed; at least twice the peer's probe interval
     * @param firstRetryMs wait before a lost lane is dialled again; doubled each time
     * @param maxRetryMs up to this
     */
    public record Timings(int connectTimeoutMs, int probeIntervalMs, int txRetries, int linkTimeoutMs, int firstRetryMs, int maxRetryMs) {
        /** A silent link is left after 0.45 to 0.6 s, a dead node noticed within 3 s, a returned one within 1 s. */
        public static final Timings DEFAULT = new Timings(1_000, 150, 2, 3_000, 20, 1_000);
    }

    public LinkConfig {
        listenAddresses = List.copyOf(listenAddresses);
        peers = Map.copyOf(peers);
    }

    /** Everything that is wrong with these settings, one sentence each; empty if nothing is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!validNode(node)) {
            problems.add("node name '" + node + "' must be lower-case letters, digits and '-', at most "
                    + FrameLimits.MAX_NODE_NAME_BYTES + " of them");
        }
        peers.keySet().stream().filter(name -> !validNode(name)).sorted().forEach(name -> problems.add("peer name '" + name
                + "' must be lower-case letters, digits and '-'"));
        if (peers.containsKey(node)) {
            problems.add("node '" + node + "' is listed as its own peer");
        }
        peers.forEach((peer, links) -> problems.addAll(linkProblems(peer, links)));
        if (policy.link() != null && peers.values().stream().flatMap(List::stream).noneMatch(link -> policy.link().equals(link.name()))) {
            problems.add("link policy " + policy + " names no link of any peer: write 'ADDRESS via " + policy.link() + "' for one of them");
        }
        if (listenAddresses.isEmpty()) {
            problems.add("node " + node + " listens at no address");
        }
        if (tls != null) {
            for (Path file : new Path[] {tls.authority, tls.certificate, tls.key}) {
                if (!Files.isReadable(file)) {
                    problems.add("cannot read " + file + " (make it with: homeport ca issue)");
                }
            }
        }
        if (timings.connectTimeoutMs <= 0 || timings.probeIntervalMs <= 0 || timings.txRetries < 0 || timings.firstRetryMs <= 0) {
            problems.add("link time-outs must be positive");
        }
        if (timings.linkTimeoutMs < 2 * timings.probeIntervalMs) {
            problems.add("linkTimeoutMs must be at least twice probeIntervalMs");
        }
        if (timings.maxRetryMs < timings.firstRetryMs) {
            problems.add("maxRetryMs must not be below firstRetryMs");
        }
        return problems;
    }

    private List<String> linkProblems(String peer, List<LinkAddress> links) {
        List<String> problems = new ArrayList<>();
        if (links.isEmpty() || links.size() > MOST_LINKS) {
            problems.add("peer " + peer + " has " + links.size() + " addresses: give it 1 to " + MOST_LINKS);
        }
        if (links.stream().map(LinkAddress::name).distinct().count() < links.size()) {
            problems.add("peer " + peer + " has two links of the same name: each needs an interface of its own");
        }
        return problems;
    }

    private static Map<String, List<LinkAddress>> oneLinkEach(Map<String, InetSocketAddress> peers) {
        Map<String, List<LinkAddress>> links = new HashMap<>();
        peers.forEach((peer, address) -> links.put(peer, List.of(LinkAddress.numbered(0, address))));
        return links;
    }

    static boolean validNode(String name) {
        return name != null && NODE.matcher(name).matches();
    }
}

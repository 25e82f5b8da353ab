package io.homeport.link;

import io.homeport.wire.FrameLimits;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Settings of the links of a node.
 *
 * @param node name of this node: one DNS label in lower case; the certificate names it
 * @param listenAddress where other nodes reach this one; port 0 for any (tests)
 * @param peers the other nodes of the cluster and where each listens; a node that is not here is refused
 * @param tls certificates; null turns TLS off, for benchmarks in a closed network
 * @param timings time-outs
 */
public record LinkConfig(
        String node, InetSocketAddress listenAddress, Map<String, InetSocketAddress> peers, TlsFiles tls, Timings timings) {
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Settings with the usual time-outs. */
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
     * @param keepaliveMs how often a lane is pinged
     * @param silenceTimeoutMs a lane that brings nothing for so long is closed; at least twice the peer's keepalive
     * @param firstRetryMs wait before a lost lane is dialled again; doubled each time
     * @param maxRetryMs up to this
     */
    public record Timings(int connectTimeoutMs, int keepaliveMs, int silenceTimeoutMs, int firstRetryMs, int maxRetryMs) {
        /** A dead node is noticed within 3 s, a returned one within 1 s. */
        public static final Timings DEFAULT = new Timings(1_000, 1_000, 3_000, 20, 1_000);
    }

    public LinkConfig {
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
        if (tls != null) {
            for (Path file : new Path[] {tls.authority, tls.certificate, tls.key}) {
                if (!Files.isReadable(file)) {
                    problems.add("cannot read " + file + " (make it with: homeport ca issue)");
                }
            }
        }
        if (timings.connectTimeoutMs <= 0 || timings.keepaliveMs <= 0 || timings.firstRetryMs <= 0) {
            problems.add("link time-outs must be positive");
        }
        if (timings.silenceTimeoutMs < 2 * timings.keepaliveMs) {
            problems.add("silenceTimeoutMs must be at least twice keepaliveMs");
        }
        if (timings.maxRetryMs < timings.firstRetryMs) {
            problems.add("maxRetryMs must not be below firstRetryMs");
        }
        return problems;
    }

    static boolean validNode(String name) {
        return name != null && NODE.matcher(name).matches();
    }
}

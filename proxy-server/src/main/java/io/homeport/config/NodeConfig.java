package io.homeport.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of a node daemon, as its configuration file gives them; read by {@link NodeConfigFile}. The README lists the
 * keys. Immutable.
 *
 * @param name this node's name: a DNS label; its certificate carries it
 * @param listen where other nodes reach this one
 * @param peers the other nodes and the links to each; both nodes list their links in the same order
 * @param linkPolicy by which links streams go that were not told otherwise: loadbalance, preferred:IF or exclusive:IF
 * @param tls certificates; empty turns TLS off, for benchmarks in a closed network
 * @param runDir sockets and pid file; on tmpfs
 * @param stateDir journals and process images; tmpfs by default, since TCP connections don't outlive the kernel either
 * @param criu what to run; empty: the one {@code homeport criu-install} made, else the one on PATH
 * @param rehearse whether a daemon that takes nothing over moves a small JVM to and fro before it begins, so that its first move is as quick as later ones
 * @param limits what one node may take
 * @param timeouts how long it waits
 */
public record NodeConfig(
        String name,
        List<InetSocketAddress> listen,
        Map<String, List<PeerLink>> peers,
        String linkPolicy,
        Optional<Tls> tls,
        Path runDir,
        Path stateDir,
        Optional<Path> criu,
        boolean rehearse,
        Limits limits,
        Timeouts timeouts) {

    /** Port that a node listens on when its address names none. */
    public static final int DEFAULT_PORT = 7707;

    /** Where the daemon and the command line meet. */
    public static final Path DEFAULT_RUN_DIR = Path.of("/run/homeport");

    /** The usual place of the configuration file. */
    public static final Path DEFAULT_FILE = Path.of("/etc/homeport/node.yaml");

    /** Keeps the peers in the file's order. */
    public NodeConfig {
        listen = List.copyOf(listen);
        peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    }

    /** The daemon's Unix socket for the command line. */
    public Path socket() {
        return socketIn(runDir);
    }

    /** {@link #socket} of a daemon with that run directory. */
    public static Path socketIn(Path runDir) {
        return runDir.resolve("node.sock");
    }

    /**
     * One way to a peer.
     *
     * @param address where the peer listens on it
     * @param device network interface of this node to leave by, which also names the link; empty for any
     */
    public record PeerLink(InetSocketAddress address, Optional<String> device) {}

    /**
     * PEM files as {@code homeport ca} makes them.
     *
     * @param authority the cluster's certificate
     * @param certificate this node's
     * @param key this node's private key
     * @param revocations revocation list; read again when it changes
     */
    public record Tls(Path authority, Path certificate, Path key, Optional<Path> revocations) {}

    /**
     * What one node may take; docs/limits.md has each with its reason and its error.
     *
     * @param journalLimitBytes kept per stream and direction while nobody takes it; beyond it TCP's back-pressure stops
     *     that peer alone
     * @param journalTotalBytes kept for all streams together; the journal's file system is three times as large
     * @param windowBytes sent per stream ahead of the receiver's acknowledgement
     * @param streams deputies and stubs that this node has at the same time
     * @param pendingAccepts connections that a listener accepts for a process that is away, before it takes the first
     * @param imageLimitBytes of one process that arrives
     * @param arrivals migrations to this node at the same time
     * @param localConnections commands served at once
     */
    public record Limits(
            long journalLimitBytes,
            long journalTotalBytes,
            int windowBytes,
            int streams,
            int pendingAccepts,
            long imageLimitBytes,
            int arrivals,
            int localConnections) {
        /** 64 MiB take a gigabit peer through half a second of silence; a 4 MiB window fills it at 30 ms. */
        public static final Limits DEFAULT = new Limits(64L << 20, 1L << 30, 4 << 20, 12_000, 256, 64L << 30, 64, 32);
    }

    /**
     * How long a node waits, in milliseconds.
     *
     * @param connectTimeoutMs for a link's TCP, TLS and handshake, each
     * @param probeIntervalMs how often a link is probed
     * @param txRetries probes in a row that may stay unanswered, after the first, before streams move to another link
     * @param linkTimeoutMs a link that brings nothing for so long is closed and dialled again
     * @param linkLossTimeoutMs a stream that finds no link for so long is reset at both ends
     * @param firstRetryMs wait before a lost link is dialled again; doubled each time
     * @param maxRetryMs up to this
     * @param callTimeoutMs for one request to another node
     * @param criuTimeoutMs for one CRIU dump or restore
     */
    public record Timeouts(
            int connectTimeoutMs,
            int probeIntervalMs,
            int txRetries,
            int linkTimeoutMs,
            int linkLossTimeoutMs,
            int firstRetryMs,
            int maxRetryMs,
            int callTimeoutMs,
            int criuTimeoutMs) {
        /**
         * A silent link is left after 0.45 to 0.6 s: a second is what users of a terminal forgive. A dead node is noticed within 3 s, more
         * than a busy machine's pauses, a returned one within 1 s. A minute without a link outlasts the reboot of a switch. 2 GB take CRIU
         * some 2 s on a fast machine.
         */
        public static final Timeouts DEFAULT = new Timeouts(1_000, 150, 2, 3_000, 60_000, 20, 1_000, 10_000, 120_000);
    }
}

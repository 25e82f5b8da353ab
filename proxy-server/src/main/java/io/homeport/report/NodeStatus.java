package io.homeport.report;

import java.util.List;

/**
 * How a daemon is.
 *
 * @param node its node's name
 * @param version of Homeport
 * @param pid of the daemon
 * @param upMs since it started, milliseconds
 * @param services running here under its eyes
 * @param peers its configured peers
 * @param keeper who keeps its sockets when it is killed or upgraded: own, systemd, none
 */
public record NodeStatus(String node, String version, long pid, long upMs, int services, List<PeerStatus> peers, String keeper) {
    /**
     * One peer.
     *
     * @param address of its first link
     * @param up whether every link to it is
     * @param links each of them
     */
    public record PeerStatus(String node, String address, boolean up, List<LinkStatus> links) {}

    /**
     * One link to a peer.
     *
     * @param name as link policies call it
     * @param address where the peer listens on it
     * @param state UP, SUSPECT or DOWN
     * @param reason why it is not UP; empty if it is
     * @param sinceMs how long it has been so, milliseconds
     * @param roundTripUs of the last answered probe, microseconds; -1 if there was none
     * @param sentBytes sent by it since the daemon started
     * @param receivedBytes come by it
     */
    public record LinkStatus(
            String name, String address, String state, String reason, long sinceMs, long roundTripUs, long sentBytes, long receivedBytes) {}
}

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
 */
public record NodeStatus(String node, String version, long pid, long upMs, int services, List<PeerStatus> peers) {
    /** One peer. @param up whether every lane to it is */
    public record PeerStatus(String node, String address, boolean up) {}
}

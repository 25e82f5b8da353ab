package io.homeport.link.lane;

import java.net.InetSocketAddress;

/**
 * Whom a lane is dialled to, and by which way.
 *
 * @param node the name that it must prove
 * @param linkId which of the links to that node
 * @param address where it listens; resolved
 * @param device network interface to leave by; null for whichever the routing table says
 */
public record LaneTarget(String node, int linkId, InetSocketAddress address, String device) {
    @Override
    public String toString() {
        return "node " + node + " at " + address + (device == null ? "" : " by " + device);
    }
}

package io.homeport.link;

import java.net.InetSocketAddress;

/**
 * One way to a peer. Both nodes list their ways to each other in the same order: the first of one is the first of the other.
 *
 * @param name what policies and reports call the link: its interface here, or "link1", "link2", ...
 * @param address where the peer listens on it
 * @param device network interface of this node to leave by; null for whichever the routing table says
 */
public record LinkAddress(String name, InetSocketAddress address, String device) {
    /** Way number {@code linkId} (from 0) of a peer, by no interface in particular. */
    public static LinkAddress numbered(int linkId, InetSocketAddress address) {
        return new LinkAddress("link" + (linkId + 1), address, null);
    }

    /** By an interface of this node, which gives the link its name. */
    public static LinkAddress by(String device, InetSocketAddress address) {
        return new LinkAddress(device, address, device);
    }
}

package io.homeport.stream;

import io.homeport.socket.ShadowNet;
import java.net.InetSocketAddress;

/**
 * A stream whose end here was reset because its other end could not be reached.
 *
 * @param net of the service that had it
 * @param local address; null for pipes, terminals and unix streams
 * @param remote the peer's
 * @param atMs when, milliseconds since 1970
 * @param text why: the node, and how each link to it stood
 */
public record StreamLoss(ShadowNet net, InetSocketAddress local, InetSocketAddress remote, long atMs, String text) {}

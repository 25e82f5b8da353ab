package io.homeport.stream;

import java.net.InetSocketAddress;

/**
 * One end of a stream as people see it ({@code homeport ps}).
 *
 * @param boundTo node of the other end; null if it is not attached
 * @param boundBy name of the link by which it is bound; null if it is not, or by none
 * @param waitedMs how long it has not been bound, milliseconds
 * @param bytesIn bytes written into this end's descriptor
 * @param bytesOut bytes read from it
 * @param inFlightBytes bytes read from it that the other end has not acknowledged
 * @param state one word: held, open, bound, attaching, quiesced, closing
 */
public record StreamDescription(
        long id,
        Role role,
        StreamKind kind,
        InetSocketAddress local,
        InetSocketAddress remote,
        String origin,
        String boundTo,
        String boundBy,
        long waitedMs,
        long bytesIn,
        long bytesOut,
        long inFlightBytes,
        String state) {}

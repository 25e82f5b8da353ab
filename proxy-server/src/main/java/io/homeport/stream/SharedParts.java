package io.homeport.stream;

import io.homeport.socket.SocketOptions;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What many streams of a node have alike is held once: the options of a service's sockets, its listener's address, the hosts of its clients.
 *
 * <pre>
 *   part ─► hash ─► one of 256 places: equal? the one that is there
 *                                      other? this one is there from now on
 * </pre>
 *
 * <p>What is met often is found again soon; what is met once costs nothing for good, other than in a table of all. The parts are immutable, a
 * stream whose options change gets others. Data loop.
 */
final class SharedParts {
    private static final int PLACES = 256;

    private final SocketOptions[] options = new SocketOptions[PLACES];
    private final InetSocketAddress[] addresses = new InetSocketAddress[PLACES];
    private final InetAddress[] hosts = new InetAddress[PLACES];

    /** The same without the bytes that travelled with it: for as long as the stream lives. */
    StreamState lasting(StreamState state) {
        return new StreamState(
                state.id(), state.origin(), state.kind(), address(state.local()), address(state.remote()), state.listenerId(),
                state.unaccepted(), options(state.options()), state.optionsSet(), state.backlog(), StreamState.Inbound.START, StreamState.Outbound.START);
    }

    SocketOptions options(SocketOptions like) {
        return one(options, like);
    }

    private InetSocketAddress address(InetSocketAddress like) {
        // Inet6Address.equals does not look at the scope.
        if (like == null || like.getAddress() instanceof Inet6Address six && six.getScopeId() != 0) {
            return like;
        }
        return one(addresses, new InetSocketAddress(one(hosts, like.getAddress()), like.getPort()));
    }

    private static <T> T one(T[] places, T like) {
        int hash = like.hashCode();
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        if (!like.equals(places[place])) {
            places[place] = like;
        }
        return places[place];
    }
}

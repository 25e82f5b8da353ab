package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.PosixException;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import java.net.InetSocketAddress;

/**
 * Where in a shadow namespace the application's end of a stream is: no two streams share it.
 *
 * @param room of the namespace
 * @param local address
 * @param remote address; null for a listener
 */
record ShadowPlace(int room, InetSocketAddress local, InetSocketAddress remote) {

    /** The place of a duplicate of the application's end, null if it has none (any more). Any thread. */
    static ShadowPlace of(ShadowNet net, int fd) throws PosixException {
        int room = net.roomOf(fd);
        if (room < 0) {
            return null;
        }
        int state = Sockets.state(fd);
        if (state == Linux.TCP_LISTEN) {
            return new ShadowPlace(room, Sockets.local(fd), null);
        }
        try {
            return new ShadowPlace(room, Sockets.local(fd), Sockets.remote(fd));
        } catch (PosixException over) {
            // ENOTCONN: over.
            return null;
        }
    }
}

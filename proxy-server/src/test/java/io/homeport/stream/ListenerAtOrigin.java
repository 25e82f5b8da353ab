package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.Sockaddr;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** A listening socket whose process has left its node: the deputy is open, no stub has attached. */
final class ListenerAtOrigin {
    private ListenerAtOrigin() {}

    /** Where it listens. */
    static InetSocketAddress open(TestNode origin) throws Exception {
        int fd = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Posix.check(Posix.bind(fd, Sockaddr.encode(new InetSocketAddress("127.0.0.1", 0))), "bind");
        Posix.check(Posix.listen(fd, 10), "listen");
        StreamState state = StreamState.listener(origin.plane.deputies().newId(), origin.name, Sockets.local(fd), 10, SocketOptions.NONE);
        origin.plane.deputies().hold(Map.of(state, fd)).get();
        origin.plane.deputies().open(List.of(state.id())).get();
        return state.local();
    }
}

package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.Sockaddr;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;

/** A connection whose server side was opened at one node of a test and lives at another now. */
final class Moved implements AutoCloseable {
    final Socket client;
    final StreamState state;
    final ShadowNet net;
    final Raw application;

    private Moved(Socket client, StreamState state, ShadowNet net, int applicationFd) {
        this.client = client;
        this.state = state;
        this.net = net;
        this.application = new Raw(applicationFd);
    }

    /** A socket that was just accepted, and the state that makes it a stream. */
    record Accepted(StreamState state, int fd) {}

    /** Connects a client to a fresh socket of the node {@code origin}, which does not hold it yet. */
    static Accepted accept(StreamPlane plane, String origin, Socket client) throws Exception {
        int listener = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Posix.check(Posix.bind(listener, Sockaddr.encode(new InetSocketAddress("127.0.0.1", 0))), "bind");
        Posix.check(Posix.listen(listener, 10), "listen");
        client.connect(Sockets.local(listener));
        int fd = Posix.check(Posix.accept4(listener, null, 0), "accept");
        Posix.close(listener);
        StreamState state = StreamState.connection(plane.deputies().newId(), origin, StreamKind.TCP, Sockets.local(fd),
                Sockets.remote(fd), SocketOptions.read(fd));
        return new Accepted(state, fd);
    }

    /** The same, and the node holds it. */
    static StreamState hold(StreamPlane plane, String origin, Socket client) throws Exception {
        Accepted accepted = accept(plane, origin, client);
        plane.deputies().hold(Map.of(accepted.state(), accepted.fd())).get();
        return accepted.state();
    }

    /** Opens a connection at {@code origin} and moves it to {@code host}. */
    static Moved connection(TestNode origin, TestNode host, ShadowNet net) throws Exception {
        Socket client = new Socket();
        client.setTcpNoDelay(true);
        StreamState state = hold(origin.plane, origin.name, client);
        Map<Long, Integer> fds = host.plane.stubs().prepare(net, 1, List.of(new Arrival(state, -1))).get();
        origin.plane.deputies().open(List.of(state.id())).get();
        host.plane.stubs().start(List.of(state.id())).get();
        return new Moved(client, state, net, fds.get(state.id()));
    }

    @Override
    public void close() throws Exception {
        client.close();
        application.close();
    }
}

package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import io.homeport.wire.FrameLimits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.BufferUtil;

/**
 * Makes the sockets for an arrival, in the order that addresses ask for: connections, then listeners, then connections that wait to be accepted.
 * On the caller's thread, for it waits for the shadow net's; all or nothing.
 */
final class ShadowSockets {
    private final ShadowNet net;
    private final List<Integer> opened = new ArrayList<>();
    private final Map<Long, Integer> listenerRooms = new HashMap<>();

    /** One stream with its descriptors; -1 where there is none. */
    record Made(StreamState state, int applicationFd, int daemonFd, int room) {
        void close() {
            if (applicationFd >= 0) {
                Posix.close(applicationFd);
            }
            if (daemonFd >= 0) {
                Posix.close(daemonFd);
            }
        }
    }

    private ShadowSockets(ShadowNet net) {
        this.net = net;
    }

    static List<Made> make(ShadowNet net, List<Arrival> arrivals) throws PosixException {
        ShadowSockets sockets = new ShadowSockets(net);
        try {
            List<Made> made = new ArrayList<>();
            for (Arrival arrival : arrivals) {
                if (arrival.state().kind() != StreamKind.LISTENER && !arrival.state().unaccepted()) {
                    made.add(sockets.connection(arrival));
                }
            }
            for (Arrival arrival : arrivals) {
                if (arrival.state().kind() == StreamKind.LISTENER) {
                    made.add(sockets.listener(arrival));
                }
            }
            for (Arrival arrival : arrivals) {
                if (arrival.state().unaccepted()) {
                    made.add(sockets.unaccepted(arrival.state()));
                }
            }
            net.settle();
            return made;
        } catch (PosixException | RuntimeException e) {
            sockets.opened.forEach(Posix::close);
            net.settle();
            throw e;
        }
    }

    /** Sets up the daemon's end of a shadow connection. */
    static int daemonEnd(int fd) {
        // An urgent byte is read at its place; nothing waits for more to be sent with it.
        Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_OOBINLINE, 1);
        Posix.setsockoptInt(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
        Sockets.resetWhenAbandoned(fd);
        return fd;
    }

    private Made connection(Arrival arrival) throws PosixException {
        StreamState state = arrival.state();
        if (state.kind() != StreamKind.TCP) {
            return new Made(state, -1, arrival.keptFd(), -1);
        }
        ShadowNet.Pair pair = net.pair(state.local(), state.remote(), state.options());
        opened.add(pair.applicationFd());
        opened.add(pair.daemonFd());
        if (state.outbound().eof()) {
            // It was half-closed by the application before: so is its new socket.
            Posix.shutdown(pair.applicationFd(), Linux.SHUT_WR);
        }
        StreamState complete = arrival.keptFd() < 0 ? state : state.withOutbound(drain(state.outbound(), arrival.keptFd()));
        return new Made(complete, pair.applicationFd(), daemonEnd(pair.daemonFd()), pair.room());
    }

    private Made listener(Arrival arrival) throws PosixException {
        StreamState state = arrival.state();
        ShadowNet.Listener listener = net.listener(state.local(), state.backlog(), state.options());
        opened.add(listener.fd());
        listenerRooms.put(state.id(), listener.room());
        if (arrival.keptFd() >= 0) {
            Posix.close(arrival.keptFd());
        }
        return new Made(state, listener.fd(), -1, listener.room());
    }

    private Made unaccepted(StreamState state) throws PosixException {
        int room = listenerRooms.getOrDefault(state.listenerId(), 0);
        int fd = net.connect(room, state.local(), state.remote());
        opened.add(fd);
        return new Made(state, -1, daemonEnd(fd), room);
    }

    /** What the application wrote into its dummy on the journey comes after what it wrote before. Closes {@code fd}. */
    private static StreamState.Outbound drain(StreamState.Outbound before, int fd) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(before.unsent());
        ByteBuffer room = ByteBuffer.allocateDirect(FrameLimits.MAX_DATA_BYTES);
        byte[] chunk = new byte[room.capacity()];
        long length;
        while ((length = Posix.recv(fd, BufferUtil.address(room), room.capacity(), Linux.MSG_DONTWAIT)) > 0) {
            room.get(0, chunk, 0, (int) length);
            bytes.write(chunk, 0, (int) length);
        }
        Posix.close(fd);
        return new StreamState.Outbound(before.acked(), bytes.toByteArray(), before.eof() || length == 0, before.reset());
    }
}

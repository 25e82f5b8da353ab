package io.homeport.stream;

import static io.homeport.socket.Endpoint.WRITABLE;

import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.Endpoint;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that the origin has accepted, on their way into the application's shadow listener.
 *
 * <pre>
 *   Open ─► connect from the peer's own address ─► established: attach to its deputy
 *              │ no listener any more: the deputy resets the peer
 *              └ address still in use by a former connection of that peer: try again
 * </pre>
 *
 * <p>If the application's backlog is full the kernel tries again by itself, and the deputy stops accepting at its limit. Data loop.
 */
final class ShadowChildren {
    private static final Logger LOG = LoggerFactory.getLogger(ShadowChildren.class);
    private static final int RETRY_MS = 20;
    /** TIME_WAIT lasts 60 s (TCP_TIMEWAIT_LEN). */
    private static final int MAX_TRIES = 70_000 / RETRY_MS;

    private final Stubs stubs;
    private final StreamContext context;

    ShadowChildren(Stubs stubs, StreamContext context) {
        this.stubs = stubs;
        this.context = context;
    }

    /** Begins. */
    void open(Stub listener, StreamState child) {
        connect(listener.net, listener.room, listener.epoch, child, 0);
    }

    /** A connection that was taken out of the accept queue for a move that did not come about: it goes back there. */
    void reconnect(Stub stub) {
        // Nothing may leave: the state was taken at the frozen moment, and goes on from there.
        StreamState state = Quiesce.stateOf(stub, stub.unacceptedFd);
        Sockets.reset(stub.unacceptedFd);
        stub.end.abort();
        stubs.remove(state.id());
        connect(stub.net, stub.room, stub.epoch, state, 0);
    }

    private void connect(ShadowNet net, int room, int epoch, StreamState child, int tries) {
        int fd;
        try {
            fd = ShadowSockets.daemonEnd(net.connect(room, child.local(), child.remote()));
        } catch (PosixException e) {
            if (tries < MAX_TRIES) {
                context.after(RETRY_MS, () -> connect(net, room, epoch, child, tries + 1));
            } else {
                LOG.warn("{}: cannot be given to the application: {}", child, e.getMessage());
            }
            return;
        }
        Endpoint[] endpoint = new Endpoint[1];
        endpoint[0] = new Endpoint(stubs.plane().loop(), fd, events -> connected(endpoint[0], net, room, epoch, child));
        endpoint[0].want(WRITABLE);
    }

    private void connected(Endpoint endpoint, ShadowNet net, int room, int epoch, StreamState child) {
        int fd = endpoint.detach();
        int errno = Sockets.takeError(fd);
        if (stubs.find(child.id()) != null) {
            Posix.close(fd);
            return;
        }
        Stub stub = stubs.add(new ShadowSockets.Made(child, -1, fd, room), net, epoch);
        if (errno != 0) {
            LOG.info("{}: the application does not listen any more (errno {}); reset", child, errno);
            stub.end.outflow().mark(Mark.RESET);
        }
        stubs.start(stub);
    }
}

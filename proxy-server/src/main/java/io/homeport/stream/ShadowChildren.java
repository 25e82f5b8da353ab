package io.homeport.stream;

import io.homeport.posix.PosixException;
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
        connect(listener, child, 0);
    }

    /** A connection that was taken out of the accept queue for a move that did not come about: it goes back there. */
    void reconnect(Stub stub) {
        Stub listener = stubs.find(stub.state.listenerId());
        StreamState state = Quiesce.stateOf(stub, stub.unacceptedFd);
        Sockets.reset(stub.unacceptedFd);
        stub.end.abort();
        stubs.remove(state.id());
        connect(listener, state, 0);
    }

    private void connect(Stub listener, StreamState child, int tries) {
        if (listener == null || stubs.find(listener.state.id()) != listener || listener.phase == Stub.Phase.QUIESCED && tries > 0) {
            // The process has left, or is about to: the deputy offers the connection again to whoever attaches the listener next.
            return;
        }
        try {
            int fd = ShadowSockets.daemonEnd(listener.net.connect(listener.room, child.local(), child.remote()));
            Stub stub = stubs.add(new ShadowSockets.Made(child, -1, fd, listener.room), listener.net, listener.epoch);
            stub.phase = Stub.Phase.CONNECTING;
            stub.end.awaitConnected(() -> connected(stub));
        } catch (PosixException e) {
            if (tries < MAX_TRIES) {
                context.after(RETRY_MS, () -> connect(listener, child, tries + 1));
            } else {
                LOG.warn("{}: cannot be given to the application: {}", child, e.getMessage());
            }
        }
    }

    private void connected(Stub stub) {
        int errno = stub.end.local().takeError();
        if (errno != 0) {
            LOG.info("{}: the application does not listen any more (errno {}); reset", stub.state, errno);
            stub.end.outflow().mark(Mark.RESET);
        }
        if (stub.phase == Stub.Phase.CONNECTING) {
            stubs.start(stub);
        }
    }
}

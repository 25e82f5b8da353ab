package io.homeport.stream;

import io.homeport.posix.PosixException;
import io.homeport.socket.Sockets;
import io.homeport.wire.MalformedFrameException;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that the origin has accepted, on their way into the application's shadow listener.
 *
 * <pre>
 *   Open ─► wait for room in its queue ─► connect from the peer's own address ─► established: attach to its deputy
 *                                            │ no listener any more: the deputy resets the peer
 *                                            └ address still in use by a former connection of that peer: try again
 * </pre>
 *
 * <p>A SYN to a full queue would be dropped, and sent again after 1, 3, 7 s: so none is sent. The deputy stops accepting at its own limit. Data
 * loop.
 */
final class ShadowChildren {
    private static final Logger LOG = LoggerFactory.getLogger(ShadowChildren.class);
    private static final int RETRY_MS = 20;
    private static final int ROOM_POLL_MS = 2;
    /** TIME_WAIT lasts 60 s (TCP_TIMEWAIT_LEN). */
    private static final int MAX_TRIES = 70_000 / RETRY_MS;

    /** The most that any origin may accept ahead (limits.pendingAccepts): one that offers more is mad. */
    private static final int MAX_WAITING = 4_096;

    private final StubTable stubs;
    private final StreamContext context;

    ShadowChildren(StubTable stubs, StreamContext context) {
        this.stubs = stubs;
        this.context = context;
    }

    /** Begins. */
    void open(Stub listener, StreamState child) {
        if (listener.waitingChildren.size() >= MAX_WAITING) {
            throw new MalformedFrameException("more than " + MAX_WAITING + " connections for listener " + listener.state.local() + " that were not taken");
        }
        boolean first = listener.waitingChildren.isEmpty();
        listener.waitingChildren.putIfAbsent(child.id(), child);
        if (first) {
            connectWaiting(listener);
        }
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

    private void connectWaiting(Stub listener) {
        Iterator<StreamState> children = listener.waitingChildren.values().iterator();
        while (children.hasNext() && hasRoom(listener)) {
            StreamState child = children.next();
            children.remove();
            connect(listener, child, 0);
        }
        if (children.hasNext()) {
            context.after(ROOM_POLL_MS, () -> connectWaiting(listener));
        }
    }

    /** Whether one more would be let in: the kernel takes backlog + 1 (sk_acceptq_is_full). If there is no listener, connecting tells. */
    private boolean hasRoom(Stub listener) {
        if (stubs.plane().roomNow() <= 0) {
            return false;
        }
        try {
            int queued = listener.net.backlogOf(listener.room, listener.state.local());
            return queued + listener.connectingChildren <= listener.state.backlog();
        } catch (PosixException e) {
            return true;
        }
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
            stub.policy = listener.policy;
            listener.connectingChildren++;
            stub.end.awaitConnected(() -> {
                listener.connectingChildren = Math.max(0, listener.connectingChildren - 1);
                connected(stub);
            });
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

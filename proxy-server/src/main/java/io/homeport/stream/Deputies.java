package io.homeport.stream;

import io.homeport.estate.Slot;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import io.homeport.wire.link.AttachRefusal;
import io.homeport.wire.link.EndKind;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real sockets of processes that have left this node.
 *
 * <pre>
 *   hold ──► held ── entrust, open (commit) ──► open ── attach ──► bound ── lane lost ──► open ── ...
 *              └── letGo (roll-back): another has the descriptor
 * </pre>
 *
 * <p>Public methods: any thread; the futures complete on the data loop, so don't block in what depends on them.
 */
public final class Deputies {
    private static final Logger LOG = LoggerFactory.getLogger(Deputies.class);

    private static final int TCP_TIME_WAIT = 6;
    private static final int TCP_CLOSING = 11;

    private final StreamPlane plane;
    private final StreamContext context;
    private final SecureRandom random;
    private final Long2ObjectHashMap<Deputy> deputies = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<ListenerDeputy> listeners = new Long2ObjectHashMap<>();

    Deputies(StreamPlane plane, StreamContext context, SecureRandom random) {
        this.plane = plane;
        this.context = context;
        this.random = random;
    }

    /** A new stream id: random, for knowing it is the right to attach; never 0. */
    public long newId() {
        long id = 0;
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }

    /**
     * How a real connection in a state of TCP (linux/tcp_states.h) stands when it begins to be a stream: whether the application has shut its direction down already (its FIN is out).
     * Then its next socket must not be writable either. Any thread.
     */
    public static StreamState.Outbound outboundOf(int tcpState) {
        boolean shut =
                switch (tcpState) {
                    case Linux.TCP_FIN_WAIT1, Linux.TCP_FIN_WAIT2, Linux.TCP_LAST_ACK, TCP_TIME_WAIT, TCP_CLOSING -> true;
                    default -> false;
                };
        return new StreamState.Outbound(0, new byte[0], shut, false);
    }

    /**
     * Takes real sockets over. Nothing is read from or written to them, nothing about them is changed, before {@link #open}; a daemon that comes
     * after this one knows nothing of them before {@link #entrust}.
     *
     * @param sockets the states and, for each, its descriptor, which belongs to the deputy from here on; after a failure they are closed, and
     *     nothing is held
     */
    public CompletableFuture<Void> hold(Map<StreamState, Integer> sockets) {
        return plane.call(() -> {
            List<StreamState> states = List.copyOf(sockets.keySet());
            List<Slot> slots = Kept.reserve(context, states.stream().map(sockets::get).toList());
            try {
                for (int i = 0; i < slots.size(); i++) {
                    Kept.fill(context, slots.get(i), states.get(i), Role.DEPUTY, sockets.get(states.get(i)), 0, 0, 0);
                }
            } catch (IOException | RuntimeException e) {
                slots.forEach(slot -> Kept.leave(context.estate, slot));
                sockets.values().forEach(Posix::close);
                throw e;
            }
            for (int i = 0; i < slots.size(); i++) {
                take(states.get(i), sockets.get(states.get(i)), slots.get(i));
            }
            return null;
        });
    }

    /** The commit is done: these that are held are the next daemon's, too. */
    public CompletableFuture<Void> entrust(Collection<Long> ids) {
        return plane.call(() -> {
            ids.forEach(this::publish);
            return null;
        });
    }

    private void publish(long id) {
        Deputy deputy = deputies.get(id);
        ListenerDeputy listener = listeners.get(id);
        if (deputy != null || listener != null) {
            Kept.publish(context.estate, deputy != null ? deputy.end.slot() : listener.slot(), id);
        }
    }

    /** Forgets those of them that are held, and closes their descriptors, of which another has duplicates. */
    public CompletableFuture<Void> letGo(Collection<Long> ids) {
        return plane.call(() -> {
            for (long id : ids) {
                Deputy deputy = deputies.get(id);
                ListenerDeputy listener = listeners.get(id);
                if (deputy != null && !deputy.isOpen()) {
                    deputies.remove(id).end.giveUp();
                    Kept.leave(context.estate, deputy.end.slot());
                } else if (listener != null && !listener.isOpen()) {
                    Posix.close(listeners.remove(id).giveBack());
                    Kept.leave(context.estate, listener.slot());
                }
            }
            return null;
        });
    }

    /** The commit is done: sockets are read into the journal, listeners accept, stubs may attach. Ids already open are left alone. */
    public CompletableFuture<Void> open(Collection<Long> ids) {
        return plane.forEach(ids, id -> {
            Deputy deputy = deputies.get(id);
            ListenerDeputy listener = listeners.get(id);
            publish(id);
            if (deputy != null && !deputy.isOpen()) {
                open(deputy);
            }
            if (listener != null && !listener.isOpen()) {
                listener.open();
            }
        });
    }

    private void open(Deputy deputy) {
        deputy.open();
        Deputy.EarlyAttach early = deputy.early;
        deputy.early = null;
        if (early != null) {
            attach(early.lane(), deputy.state.id(), early.received(), early.creditLimit(), early.epoch());
        }
    }

    /** Closes deputies for good, connections with a reset: the process is dead. */
    public CompletableFuture<Void> abandon(Collection<Long> ids) {
        return plane.call(() -> {
            for (long id : ids) {
                Deputy deputy = deputies.get(id);
                ListenerDeputy listener = listeners.remove(id);
                if (deputy != null) {
                    abort(deputy);
                }
                if (listener != null) {
                    listener.close();
                }
            }
            return null;
        });
    }

    Iterable<Deputy> all() {
        return deputies.values();
    }

    int count() {
        return deputies.size() + listeners.size();
    }

    /** Whether a listener may accept one more. */
    boolean hasRoom() {
        return plane.roomNow() > 0;
    }

    Deputy find(long id) {
        return deputies.get(id);
    }

    ListenerDeputy findListener(long id) {
        return listeners.get(id);
    }

    StreamEnd end(long id) {
        Deputy deputy = deputies.get(id);
        return deputy == null ? null : deputy.end;
    }

    /** Takes a deputy out of the table; what becomes of its descriptor is the caller's business. */
    void remove(long id) {
        deputies.remove(id);
        listeners.remove(id);
    }

    /** An Attach frame. */
    void attach(PeerLane lane, long id, long received, long creditLimit, int epoch) {
        Deputy deputy = deputies.get(id);
        ListenerDeputy listener = listeners.get(id);
        if (listener != null) {
            attachListener(lane, listener, epoch);
        } else if (deputy == null) {
            refuse(lane, id, AttachRefusal.UNKNOWN_STREAM);
        } else if (!deputy.isOpen()) {
            deputy.early = new Deputy.EarlyAttach(lane, received, creditLimit, epoch);
        } else if (!deputy.admits(lane, epoch)) {
            refuse(lane, id, AttachRefusal.STALE_EPOCH);
        } else if (deputy.end.isLate(received)) {
            refuse(lane, id, AttachRefusal.NOT_OPEN);
        } else if (!deputy.end.outflow().canServe(received)) {
            LOG.warn("{}: node {} wants bytes from offset {} on, which are not kept", deputy.end, lane.node(), received);
            refuse(lane, id, AttachRefusal.BAD_OFFSET);
        } else {
            deputy.setEpoch(epoch);
            if (deputy.waitingFor != null) {
                deputy.waitingFor.attached(deputy);
                deputy.waitingFor = null;
            }
            Inflow inflow = deputy.end.inflow();
            lane.send(context.frames.attached(id, inflow.answersFor(), inflow.creditLimit(), epoch));
            inflow.told();
            deputy.end.bind(lane, received, creditLimit);
        }
    }

    /** Bytes are missing: the stub is to name its offsets again. */
    void askToAttachAgain(StreamEnd end) {
        PeerLane lane = end.lane();
        end.unbind();
        refuse(lane, end.id(), AttachRefusal.NOT_OPEN);
    }

    /** A lane is lost that the stub may have left already: if it thinks itself bound by another link, it is to name its offsets again. */
    private void askByOtherLinks(PeerLane lost, long id) {
        for (Peer link : plane.linksTo(lost.node())) {
            if (!lost.is(link) && link.up(TrafficClass.STREAM)) {
                refuse(plane.lane(link), id, AttachRefusal.NOT_OPEN);
            }
        }
    }

    /** An Options frame. */
    void options(Peer from, long id, SocketOptions changed) {
        Deputy deputy = deputies.get(id);
        if (deputy != null && deputy.end.boundTo(from)) {
            deputy.apply(changed);
        }
    }

    /** The stub has given up. */
    void released(Peer from, long id) {
        Deputy deputy = deputies.get(id);
        if (deputy != null && deputy.end.boundTo(from)) {
            abort(deputy);
        }
    }

    /** The application has closed its listener; false if this is no listener of that node. */
    boolean listenerClosed(Peer from, long id, EndKind kind) {
        ListenerDeputy listener = listeners.get(id);
        if (listener == null || !listener.boundTo(from)) {
            return false;
        }
        listeners.remove(id);
        listener.close();
        return true;
    }

    void laneDown(PeerLane lane) {
        for (Deputy deputy : deputies.values()) {
            if (deputy.early != null && deputy.early.lane() == lane) {
                deputy.early = null; // it attaches again when the lane is there again
            }
            if (deputy.end.lane() == lane) {
                deputy.end.unbind();
                askByOtherLinks(lane, deputy.state.id());
            }
        }
        listeners.values().forEach(listener -> listener.unbind(lane));
    }

    /** A listener has accepted: the new connection is read at once, its stub may attach. Null if the connection is gone already. */
    Deputy accepted(ListenerDeputy listener, int fd) {
        try {
            StreamState state = new StreamState(
                    newId(), plane.node(), StreamKind.TCP, Sockets.local(fd), Sockets.remote(fd), listener.state.id(), false,
                    SocketOptions.read(fd), false, 0, StreamState.Inbound.START, StreamState.Outbound.START);
            take(state, fd, Kept.begin(context, state, Role.DEPUTY, fd, 0, 0, 0));
            Deputy deputy = deputies.get(state.id());
            deputy.waitingFor = listener;
            deputy.open();
            return deputies.get(state.id());
        } catch (PosixException e) {
            // ENOTCONN: reset before it was accepted.
            LOG.debug("listener {}: {}", listener.state.local(), e.getMessage());
            Sockets.close(fd);
            return null;
        }
    }

    void abort(Deputy deputy) {
        deputies.remove(deputy.state.id());
        deputy.end.abort();
        Kept.free(context.estate, deputy.end.slot());
        leaveListener(deputy);
    }

    void describe(List<StreamDescription> all) {
        deputies.values().forEach(deputy -> all.add(deputy.describe()));
        listeners.values().forEach(listener -> all.add(listener.describe()));
    }

    void closeAll() {
        new ArrayList<>(deputies.values()).forEach(this::abort);
        listeners.values().forEach(ListenerDeputy::close);
        listeners.clear();
    }

    private void take(StreamState state, int fd, Slot slot) {
        if (state.kind() == StreamKind.LISTENER) {
            takeListener(state, fd, slot);
        } else {
            take(state, fd, slot, 0);
        }
    }

    ListenerDeputy takeListener(StreamState state, int fd, Slot slot) {
        ListenerDeputy listener = new ListenerDeputy(state, fd, slot, this, context, plane);
        listeners.put(state.id(), listener);
        return listener;
    }

    /** @param outStart offset of the first byte that is not acknowledged */
    Deputy take(StreamState state, int fd, Slot slot, long outStart) {
        StreamEnd end = new StreamEnd(
                context, slot, state.id(), state.kind(), Role.DEPUTY, outStart, 0, this::over,
                readiness -> new KernelEnd(plane.loop(), state.kind(), fd, () -> Kept.gone(context.estate, slot), readiness));
        Deputy deputy = new Deputy(context.shared.lasting(state), end);
        deputies.put(state.id(), deputy);
        plane.lossWatch().begin();
        return deputy;
    }

    private void attachListener(PeerLane lane, ListenerDeputy listener, int epoch) {
        long id = listener.state.id();
        if (!listener.isOpen()) {
            refuse(lane, id, AttachRefusal.NOT_OPEN);
        } else if (!listener.admits(lane, epoch)) {
            refuse(lane, id, AttachRefusal.STALE_EPOCH);
        } else {
            lane.send(context.frames.attached(id, 0, 0, epoch));
            listener.bind(lane, epoch);
        }
    }

    private void refuse(PeerLane lane, long id, AttachRefusal reason) {
        lane.send(context.frames.refused(id, reason));
    }

    /** Both directions have ended: the stub may forget the stream. If the lane is down it learns so by its next attach. */
    private void over(StreamEnd end) {
        Deputy deputy = deputies.remove(end.id());
        if (deputy != null) {
            Kept.free(context.estate, end.slot());
            leaveListener(deputy);
            if (end.bound()) {
                end.inflow().sendAckIfDue();
                end.lane().send(context.frames.released(end.id()));
            }
        }
    }

    private static void leaveListener(Deputy deputy) {
        if (deputy.waitingFor != null) {
            deputy.waitingFor.attached(deputy);
            deputy.waitingFor = null;
        }
    }
}

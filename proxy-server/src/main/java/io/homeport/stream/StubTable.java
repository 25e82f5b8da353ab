package io.homeport.stream;

import io.homeport.estate.Slot;
import io.homeport.link.Peer;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import io.homeport.wire.link.AttachRefusal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stubs of a node, by stream id, and what they say to their deputies: attach whenever the lane comes up, until told that the stream is over.
 *
 * <pre>
 *   started ─ Attach ─► Attached: bound ─ lane lost ─► Attach ...
 *                  └──► AttachRefused: not open yet (again soon), over (see off), stale or unknown (reset)
 * </pre>
 *
 * <p>Data loop.
 */
final class StubTable {
    private static final Logger LOG = LoggerFactory.getLogger(StubTable.class);
    /** Some 30 s: the longest that the source's daemon may take from the commit to opening its deputies. */
    private static final int MAX_REFUSALS = 600;

    private final StreamPlane plane;
    private final StreamContext context;
    private final Long2ObjectHashMap<Stub> stubs = new Long2ObjectHashMap<>();
    private final ShadowChildren children;
    private final ApplicationWatch watch;
    private final StubRoutes routes;
    private int foreign;

    StubTable(StreamPlane plane, StreamContext context) {
        this.plane = plane;
        this.context = context;
        this.children = new ShadowChildren(this, context);
        this.watch = new ApplicationWatch(this, context);
        this.routes = new StubRoutes(this, plane);
    }

    int count() {
        return stubs.size();
    }

    /** Those whose deputies are at other nodes. */
    int countOfForeign() {
        return foreign;
    }

    /** Whether a stub's deputy is at another node. */
    boolean isForeign(StreamState state) {
        return !state.origin().equals(plane.node());
    }

    Stub find(long id) {
        return stubs.get(id);
    }

    Iterable<Stub> all() {
        return stubs.values();
    }

    StreamPlane plane() {
        return plane;
    }

    /** Which link each of them uses. */
    StubRoutes routes() {
        return routes;
    }

    StreamEnd end(long id) {
        Stub stub = stubs.get(id);
        return stub == null ? null : stub.end;
    }

    void remove(long id) {
        Stub stub = take(id);
        if (stub != null) {
            Kept.free(context.estate, stub.slot);
        }
    }

    /** Takes a stub out; what becomes of its descriptor and its slot is the caller's business. Null if there is none. */
    Stub take(long id) {
        Stub stub = stubs.remove(id);
        if (stub != null) {
            foreign -= isForeign(stub.state) ? 1 : 0;
        }
        return stub;
    }

    void describe(List<StreamDescription> all) {
        stubs.values().forEach(stub -> all.add(stub.describe()));
    }

    void closeAll() {
        for (Stub stub : new ArrayList<>(stubs.values())) {
            if (stub.end != null) {
                stub.end.abort();
            }
            remove(stub.state.id());
        }
    }

    /** Forgets a stub and closes its descriptor with a reset: no address stays taken. */
    void drop(long id) {
        Stub stub = stubs.get(id);
        if (stub != null && stub.isListener()) {
            unacceptedOf(stub).forEach(child -> drop(child.state.id()));
        } else if (stub != null) {
            stub.end.abort();
        }
        remove(id);
        if (stub != null && stub.unacceptedFd >= 0) {
            Sockets.reset(stub.unacceptedFd);
        }
    }

    /** Connections that were taken out of a listener's accept queue to travel with it: what becomes of it becomes of them. */
    private List<Stub> unacceptedOf(Stub listener) {
        return stubs.values().stream()
                .filter(stub -> stub.unacceptedFd >= 0 && stub.state.listenerId() == listener.state.id())
                .toList();
    }

    /** Which streams have their application's ends at these places of a namespace. */
    Map<ShadowPlace, Long> at(ShadowNet net, Set<ShadowPlace> places) {
        Map<ShadowPlace, Long> ids = new HashMap<>();
        for (Stub stub : stubs.values()) {
            if (stub.net == net && stub.state.local() != null) {
                ShadowPlace place = new ShadowPlace(stub.room, stub.state.local(), stub.state.remote());
                if (places.contains(place)) {
                    ids.putIfAbsent(place, stub.state.id());
                }
            }
        }
        return ids;
    }

    /** Adds a stub whose descriptors are made. */
    Stub add(ShadowSockets.Made made, ShadowNet net, int epoch) {
        StreamState state = made.state();
        return begun(made, net, Kept.begin(context, state, Role.STUB, made.daemonFd(), net.service(), made.room(), epoch));
    }

    /** Adds a stub whose descriptors are made, in a slot that says so. */
    Stub begun(ShadowSockets.Made made, ShadowNet net, Slot slot) {
        StreamState state = made.state();
        Stub stub = add(state, net, slot, state.outbound().acked(), made.daemonFd());
        StreamEnd end = stub.end;
        if (end != null) {
            end.outflow().preload(state.outbound().unsent(), state.outbound().eof(), state.outbound().reset());
            end.inflow().preload(state.inbound().unread(), state.inbound().eof(), state.inbound().reset());
        }
        return stub;
    }

    /** @param fd the daemon's end; -1 if it is closed or there is none. {@code outStart} is the offset of the first byte not acknowledged */
    Stub add(StreamState state, ShadowNet net, Slot slot, long outStart, int fd) {
        StreamEnd end = state.kind() == StreamKind.LISTENER ? null : new StreamEnd(
                context, slot, state.id(), state.kind(), Role.STUB, outStart, state.inbound().consumed(), this::over,
                readiness -> fd < 0 ? new ClosedEnd() : new KernelEnd(
                        plane.loop(), state.kind(), fd, () -> Kept.gone(context.estate, slot), readiness));
        Stub stub = new Stub(context.shared.lasting(state), net, slot, end);
        stub.lane = routes.first(state);
        stubs.put(state.id(), stub);
        foreign += isForeign(state) ? 1 : 0;
        if (end != null) {
            end.choose(stub.lane);
        }
        return stub;
    }

    void start(Stub stub) {
        stub.phase = Stub.Phase.STARTED;
        if (stub.state.isOver()) {
            deputyGone(stub);
            return;
        }
        if (stub.end != null) {
            stub.end.open();
        }
        routes.route(stub);
        watch.begin();
        plane.lossWatch().begin();
    }

    /** Names this end's offsets to the deputy, if the lane is up; else that is done when it comes up. */
    void attach(Stub stub) {
        if (stub.phase == Stub.Phase.PREPARED || stub.phase == Stub.Phase.CONNECTING || stub.deputyGone || !stub.lane.up()
                || !StubRoutes.allowed(stub)) {
            return;
        }
        if (stub.isListener()) {
            stub.lane.send(context.frames.attach(stub.state.id(), 0, 0, stub.epoch));
            return;
        }
        Inflow inflow = stub.end.inflow();
        stub.end.choose(stub.lane);
        stub.lane.send(context.frames.attach(stub.state.id(), inflow.answersFor(), inflow.creditLimit(), stub.epoch));
        inflow.told();
    }

    /** Bytes are missing: name the offsets again. */
    void attachAgain(StreamEnd end) {
        Stub stub = stubs.get(end.id());
        if (stub != null) {
            attach(stub);
        }
    }

    /** An Attached frame. */
    void attached(PeerLane lane, long id, long received, long creditLimit, int epoch) {
        Stub stub = stubs.get(id);
        if (stub == null || stub.epoch != epoch) {
            return;
        }
        if (stub.lane != lane) {
            if (stub.lane.leadsTo(lane.node())) {
                attach(stub); // an attach that was late: the deputy must not stay with the link that was left
            }
            return;
        }
        if (!stub.isListener() && stub.end.isLate(received)) {
            attach(stub); // late as well: it went by this link before it was left and taken again
            return;
        }
        if (stub.isListener()) {
            stub.listenerBound = true;
            if (stub.listenerClosed) {
                listenerClosed(stub);
            }
        } else if (!stub.end.bind(lane, received, creditLimit) && !stub.end.over()) {
            LOG.warn("{}: its deputy at {} wants bytes from offset {} on, which are not kept; reset", stub.end, lane.node(), received);
            giveUp(stub);
            return;
        }
        stub.wasBound = true;
        if (stub.optionsChanged) {
            sendOptions(stub);
        }
    }

    /** An AttachRefused frame. */
    void refused(PeerLane lane, long id, AttachRefusal reason) {
        Stub stub = stubs.get(id);
        if (stub == null || stub.lane != lane) {
            return;
        }
        boolean soon = reason == AttachRefusal.UNKNOWN_STREAM && !stub.wasBound && !hasEnded(stub);
        if (reason == AttachRefusal.NOT_OPEN || soon && ++stub.refusals < MAX_REFUSALS) {
            // Not open yet, or the commit has not reached the origin's daemon yet.
            context.after(context.limits.attachRetryMs(), () -> {
                if (stubs.get(id) == stub) {
                    attach(stub);
                }
            });
        } else if (stub.isListener()) {
            LOG.warn("listener {}: its origin {} says {}; no connection will come", stub.state.local(), lane.node(), reason);
        } else if (reason == AttachRefusal.UNKNOWN_STREAM && hasEnded(stub)) {
            // It ended, and the word of it was lost with a lane.
            deputyGone(stub);
        } else {
            LOG.info("{}: its origin {} says {}; reset", stub.end, lane.node(), reason);
            giveUp(stub);
        }
    }

    /** An Open frame. */
    void open(PeerLane lane, long listenerId, long id, InetSocketAddress local, InetSocketAddress remote, SocketOptions options) {
        Stub listener = stubs.get(listenerId);
        if (listener == null || listener.lane != lane || !listener.isListener() || listener.phase != Stub.Phase.STARTED) {
            return;
        }
        Stub known = stubs.get(id);
        if (known != null) {
            if (known.phase == Stub.Phase.STARTED && !known.bound()) {
                attach(known);
            }
            return;
        }
        children.open(listener, new StreamState(
                id, listener.state.origin(), StreamKind.TCP, local, remote, listenerId, false, options, false, 0, StreamState.Inbound.START,
                StreamState.Outbound.START));
    }

    /** A Released frame; false if there is no such stub bound to that node. */
    boolean released(Peer from, long id) {
        Stub stub = stubs.get(id);
        if (stub == null || !stub.lane.leadsTo(from.node())) {
            return false;
        }
        deputyGone(stub);
        return true;
    }

    /** Whether that is a listener here; its deputy never ends it. */
    boolean listenerClosed(Peer from, long id) {
        Stub stub = stubs.get(id);
        return stub != null && stub.isListener() && stub.lane.is(from);
    }

    /** The application has closed its listener. */
    void listenerClosed(Stub stub) {
        stub.listenerClosed = true;
        if (stub.listenerBound) {
            stub.lane.send(context.frames.end(stub.state.id(), 0, Mark.CLOSED, 0));
            remove(stub.state.id());
        }
    }

    void giveUp(Stub stub) {
        stub.end.abort();
        remove(stub.state.id());
    }

    /** No frame will come any more: the stub goes when the application has in its own queue what it is still to read. */
    private void deputyGone(Stub stub) {
        stub.deputyGone = true;
        if (stub.isListener()) {
            remove(stub.state.id());
        } else if (!stub.end.over()) {
            stub.end.finish();
        } else {
            over(stub.end);
        }
    }

    private static boolean hasEnded(Stub stub) {
        return !stub.isListener() && (stub.end.over() || stub.end.inflow().eof() && stub.end.outflow().eof());
    }

    /** A move has been rolled back. */
    void resume(Stub stub) {
        if (stub.unacceptedFd >= 0) {
            children.reconnect(stub);
            return;
        }
        stub.phase = Stub.Phase.STARTED;
        if (stub.end != null) {
            stub.end.inflow().suspend(false);
            stub.end.open();
        }
        if (stub.isListener()) {
            unacceptedOf(stub).forEach(children::reconnect);
        }
        if (!stub.bound() || stub.isListener()) {
            // A listener's deputy then offers again what was not taken meanwhile.
            attach(stub);
        }
    }

    /** The entry stays until the deputy knows, which says Released (or UNKNOWN_STREAM to the next attach), and until all has arrived. */
    private void over(StreamEnd end) {
        Stub stub = stubs.get(end.id());
        if (stub != null && stub.end == end && stub.deputyGone && end.local().closed()) {
            remove(end.id());
        }
    }

    /** Tells the deputy the options of the application's socket. */
    void sendOptions(Stub stub) {
        stub.lane.send(context.frames.options(stub.state.id(), stub.options));
    }
}

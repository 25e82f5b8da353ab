package io.homeport.stream;

import static io.homeport.socket.Endpoint.READABLE;

import io.homeport.estate.Slot;
import io.homeport.link.Peer;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.socket.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket at its origin. It goes on accepting while the process is away.
 *
 * <pre>
 *   peers ─► real listener ─ accept ─► a deputy per connection ── Open ─► stub's shadow listener
 *                             at most acceptAhead whose stub has not attached; the kernel's backlog keeps the others
 * </pre>
 *
 * <p>Data loop.
 */
final class ListenerDeputy {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerDeputy.class);
    private static final int EMFILE = 24;
    private static final int RETRY_MS = 100;

    final StreamState state;
    private final Deputies deputies;
    private final StreamContext context;
    private final Endpoint endpoint;
    private final int fd;
    private final Slot slot;
    private final int originalFlags;
    private final Map<Long, Deputy> unattached = new LinkedHashMap<>();
    private PeerLane lane;
    private boolean bound;
    private boolean open;
    private boolean stopped;
    private boolean full;
    private int epoch;
    private long accepted;

    ListenerDeputy(StreamState state, int fd, Slot slot, Deputies deputies, StreamContext context, StreamPlane plane) {
        this.state = state;
        this.slot = slot;
        this.epoch = slot.epoch();
        this.fd = fd;
        this.deputies = deputies;
        this.context = context;
        this.endpoint = new Endpoint(plane.loop(), fd, events -> accept());
        this.originalFlags = slot.fileFlags();
    }

    /** The process has left for good. */
    void open() {
        open = true;
        Posix.fcntl(fd, Linux.F_SETFL, originalFlags | Linux.O_NONBLOCK);
        updateInterest();
    }

    boolean isOpen() {
        return open;
    }

    boolean admits(PeerLane from, int newEpoch) {
        return newEpoch > epoch || newEpoch == epoch && (lane == null || lane.leadsTo(from.node()));
    }

    /** The stub is there: it hears of every connection that it has not attached to. */
    void bind(PeerLane newLane, int newEpoch) {
        lane = newLane;
        epoch = newEpoch;
        slot.epoch(newEpoch);
        bound = true;
        unattached.values().forEach(this::offer);
    }

    void unbind(PeerLane lost) {
        bound = bound && lane != lost;
    }

    boolean boundTo(Peer from) {
        return bound && lane.is(from);
    }

    /** A connection that the daemon before this one had accepted, and whose stub has not attached. */
    void adopt(Deputy child) {
        child.waitingFor = this;
        unattached.put(child.state.id(), child);
    }

    Slot slot() {
        return slot;
    }

    /** The stub of an accepted connection has attached, or the connection is over. */
    void attached(Deputy child) {
        unattached.remove(child.state.id());
        updateInterest();
    }

    /** From here on the kernel's backlog keeps what comes; or accepting goes on. */
    void stop(boolean stop) {
        stopped = stop;
        updateInterest();
    }

    boolean drained() {
        return stopped && unattached.isEmpty();
    }

    int giveBack() {
        endpoint.detach();
        Posix.fcntl(fd, Linux.F_SETFL, originalFlags);
        return fd;
    }

    /** The application has closed its listener: so is the real one, and connections that it never saw are refused. */
    void close() {
        stopped = true;
        endpoint.close();
        Kept.free(context.estate, slot);
        unattached.values().stream().toList().forEach(child -> deputies.abort(child));
    }

    StreamDescription describe() {
        String word = !open ? "held" : stopped ? "homecoming" : bound ? "bound" : "open";
        return new StreamDescription(
                state.id(), Role.DEPUTY, state.kind(), state.local(), null, state.origin(), bound ? lane.node() : null,
                bound ? lane.link().link() : null, 0, accepted, 0,
                unattached.size(), word);
    }

    private void accept() {
        while (unattached.size() < context.limits.acceptAhead() && !stopped && !full()) {
            int child = Posix.accept4(fd, null, Linux.SOCK_CLOEXEC);
            if (child < 0) {
                if (child == -EMFILE) {
                    LOG.warn("listener {}: no descriptors left, trying again", state.local());
                    endpoint.want(0);
                    context.after(RETRY_MS, this::updateInterest);
                    return;
                }
                break;
            }
            Deputy deputy = deputies.accepted(this, child);
            if (deputy != null) {
                accepted++;
                unattached.put(deputy.state.id(), deputy);
                if (bound) {
                    offer(deputy);
                }
            }
        }
        updateInterest();
    }

    /** Whether the node has as many streams as it may: then the kernel's backlog keeps what comes, and this looks again in a while. */
    private boolean full() {
        if (deputies.hasRoom()) {
            full = false;
        } else if (!full) {
            full = true;
            LOG.warn("listener {}: this node has {} streams, all that it may (limits.streams): the kernel keeps what comes", state.local(),
                    context.limits.streams());
            lookAgain();
        }
        return full;
    }

    private void lookAgain() {
        context.after(RETRY_MS, () -> {
            if (full && !stopped && !deputies.hasRoom()) {
                lookAgain();
            } else {
                full = false;
                updateInterest();
            }
        });
    }

    private void offer(Deputy child) {
        StreamState of = child.state;
        lane.send(context.frames.open(state.id(), of.id(), of.local(), of.remote(), of.options()));
    }

    private void updateInterest() {
        endpoint.want(open && !stopped && unattached.size() < context.limits.acceptAhead() && !full() ? READABLE : 0);
    }
}

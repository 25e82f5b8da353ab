package io.homeport.stream;

import static io.homeport.socket.Endpoint.FAILED;
import static io.homeport.socket.Endpoint.HUNG_UP;
import static io.homeport.socket.Endpoint.READABLE;
import static io.homeport.socket.Endpoint.WRITABLE;

import io.homeport.estate.Slot;
import io.homeport.link.Peer;
import io.homeport.posix.Posix;
import io.homeport.socket.Readiness;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;

/**
 * One end of a stream: an outflow and an inflow over one descriptor, bound to the lane of the node where the other end is. Deputies and stubs
 * are both made of it.
 *
 * <pre>
 *              ┌─ Outflow ─►┐
 *   descriptor ┤            ├ lane        bound: from the attach until the lane is lost
 *              └◄─ Inflow ──┘
 * </pre>
 *
 * <p>It is over when no byte can go in either direction any more. Data loop.
 */
final class StreamEnd implements Readiness {
    private static final int FIRST_ARRIVAL_POLL_MS = 2;
    private static final int MAX_ARRIVAL_POLL_MS = 500;

    private final StreamContext context;
    private final long id;
    private final StreamKind kind;
    private final Role role;
    private final Slot slot;
    private final LocalEnd local;
    private final Outflow outflow;
    private final Inflow inflow;
    private final Owner owner;
    private PeerLane lane;
    private boolean bound;
    private boolean over;
    private long waitedMs;
    private Runnable onConnected;

    /** Who made it. */
    interface Owner {
        /** No byte can go in either direction any more. Called again when the descriptor is closed. */
        void over(StreamEnd end);
    }

    /** One that ends with the process. */
    StreamEnd(
            StreamContext context,
            long id,
            StreamKind kind,
            Role role,
            long outStart,
            long inStart,
            Owner owner,
            Function<Readiness, LocalEnd> descriptor) {
        this(context, Slot.unkept(), id, kind, role, outStart, inStart, owner, descriptor);
    }

    /** @param outStart first offset that it will read; {@code inStart} first offset that it will write */
    StreamEnd(
            StreamContext context,
            Slot slot,
            long id,
            StreamKind kind,
            Role role,
            long outStart,
            long inStart,
            Owner owner,
            Function<Readiness, LocalEnd> descriptor) {
        this.slot = slot;
        this.context = context;
        this.id = id;
        this.kind = kind;
        this.role = role;
        this.owner = owner;
        this.local = descriptor.apply(this);
        this.outflow = new Outflow(this, context, local, outStart);
        this.inflow = new Inflow(this, inStart);
    }

    long id() {
        return id;
    }

    StreamKind kind() {
        return kind;
    }

    Role role() {
        return role;
    }

    /** What it shares with all others of this node. */
    StreamContext context() {
        return context;
    }

    /** What outlives the process of it. */
    Slot slot() {
        return slot;
    }

    LocalEnd local() {
        return local;
    }

    Outflow outflow() {
        return outflow;
    }

    Inflow inflow() {
        return inflow;
    }

    /** The lane it is bound to, or was, or wants to be; null before the first. */
    PeerLane lane() {
        return lane;
    }

    boolean bound() {
        return bound;
    }

    /** The journal's number for what this end sends: 0 towards the application, 1 away from it. */
    byte direction() {
        return (byte) (role == Role.DEPUTY ? 0 : 1);
    }

    /** Whether frames from {@code from} are from its other end. */
    boolean boundTo(Peer from) {
        return bound && lane.is(from);
    }

    /** Chooses the lane, without being bound to it yet. */
    void choose(PeerLane newLane) {
        if (lane != null && lane != newLane) {
            lane.leave(outflow);
        }
        lane = newLane;
        bound = false;
    }

    /** The other end has named its offsets. False if they can't be served. */
    boolean bind(PeerLane newLane, long received, long creditLimit) {
        choose(newLane);
        bound = true;
        waitedMs = 0;
        if (!outflow.attach(received, creditLimit)) {
            bound = false;
            return false;
        }
        inflow.acknowledge();
        settle();
        return true;
    }

    /** Whether the other end has said since that it has more than {@code received}: what names it came late, by a link that was left. */
    boolean isLate(long received) {
        return !outflow.canServe(received) && received <= outflow.readSoFar();
    }

    /** Nobody writes into the descriptor yet: epoll is told already what to look for when somebody does. */
    void expect() {
        local.want(READABLE);
    }

    /** The descriptor is read from here on. */
    void open() {
        outflow.open();
        settle();
        if (!local.closed()) {
            local.watch();
        }
    }

    /** The lane is lost, or another is to be used. */
    void unbind() {
        bound = false;
        updateInterest();
    }

    /** How long it has not been bound, after {@code sinceMs} more: counted by who asks. */
    long waitedMs(int sinceMs) {
        waitedMs = bound ? 0 : waitedMs + sinceMs;
        return waitedMs;
    }

    /** A Data frame from the other end. False if something is missing before it. */
    boolean data(ByteBuf frame, long offset, int payloadBytes, boolean urgent) {
        boolean fits = inflow.data(frame, offset, payloadBytes, urgent);
        settle();
        return fits;
    }

    /** An End frame from the other end. False if something is missing before it. */
    boolean end(long offset, byte mark) {
        boolean fits = inflow.end(offset, mark);
        settle();
        return fits;
    }

    /** An Ack frame from the other end. */
    void acknowledged(long offset, long creditLimit) {
        outflow.acknowledged(offset, creditLimit);
        settle();
    }

    /** The descriptor is a socket that is being connected: {@code then} is run when that is decided; nothing else happens before. */
    void awaitConnected(Runnable then) {
        onConnected = then;
        updateInterest();
    }

    /** Puts the outflow into the lane's queue. */
    void awaitTurn() {
        lane.await(outflow);
    }

    /** After any change: what it wants from the kernel now, and whether it is over. */
    void settle() {
        if (!over && finished()) {
            finish();
        }
        updateInterest();
    }

    /** No byte goes in either direction any more: closes the descriptor when the kernel has passed on what is in it. */
    void finish() {
        over = true;
        outflow.forget();
        closeWhenArrived(FIRST_ARRIVAL_POLL_MS);
        owner.over(this);
    }

    void updateInterest() {
        if (local.closed() || over) {
            return;
        }
        int events = inflow.blocked() || onConnected != null ? WRITABLE : 0;
        if (outflow.wantsInput()) {
            if (!bound || lane.writable()) {
                events |= READABLE;
            } else {
                awaitTurn();
            }
        }
        local.want(events);
    }

    /** Whether both directions have ended and both ends know. */
    boolean over() {
        return over;
    }

    /** Forgets everything, its owner is not told; the descriptor stays as it is. */
    void forget() {
        over = true;
        bound = false;
        inflow.dropPending();
        outflow.forget();
    }

    /** Forgets everything and closes the descriptor, of which another has a duplicate. */
    void giveUp() {
        int fd = local.detach();
        forget();
        Posix.close(fd);
    }

    /** Forgets everything and closes the descriptor with a reset. */
    void abort() {
        forget();
        local.reset();
    }

    @Override
    public void ready(int events) {
        if (onConnected != null) {
            Runnable then = onConnected;
            onConnected = null;
            then.run();
            return;
        }
        if ((events & (WRITABLE | FAILED | HUNG_UP)) != 0 && inflow.blocked()) {
            inflow.flush();
        }
        if ((events & ~WRITABLE) != 0 && !local.closed()) {
            outflow.ready(events);
        }
        settle();
    }

    @Override
    public String toString() {
        return kind + " " + Long.toHexString(id) + " (" + role + ")";
    }

    /** At a stub the bytes are to stay within reach until they are in the application's own queue: the process may move on. */
    private void closeWhenArrived(int pollMs) {
        if (!local.closed() && role == Role.STUB && local.unacknowledged() > 0) {
            context.after(pollMs, () -> closeWhenArrived(Math.min(2 * pollMs, MAX_ARRIVAL_POLL_MS)));
        } else if (!local.closed()) {
            local.close();
            owner.over(this);
        }
    }

    private boolean finished() {
        return inflow.closedSocket()
                || outflow.finalAcked()
                || (inflow.eof() || !kind.writes(role)) && (outflow.endAcked() || !kind.reads(role));
    }
}

package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream's end at its origin: the real socket of a connection, and what it needs to be given back. Data loop. */
final class Deputy {
    private static final Logger LOG = LoggerFactory.getLogger(Deputy.class);

    final StreamState state;
    final StreamEnd end;
    private SocketOptions options;
    private boolean open;
    private boolean stopped;
    private int epoch;

    /** A stub that wanted to attach while it was only held; null if none did. It is answered when it opens. */
    EarlyAttach early;

    /** What an Attach frame said. */
    record EarlyAttach(PeerLane lane, long received, long creditLimit, int epoch) {}

    /** The listener that accepted it and waits for its stub to attach; null for others. */
    ListenerDeputy waitingFor;

    Deputy(StreamState state, StreamEnd end) {
        this.state = state;
        this.end = end;
        this.options = state.options();
        this.epoch = end.slot().epoch();
    }

    /** The process has left for good: the socket is read from here on. */
    void open() {
        open = true;
        ownOptions();
        try {
            if (state.kind() == StreamKind.TCP) {
                Kept.countFrom(end.slot(), end.local().number(), end.outflow().readSoFar(), end.inflow().dataEnd());
            }
        } catch (PosixException e) {
            LOG.warn("{} will not outlive this daemon: {}", end, e.getMessage());
        }
        end.open();
    }

    boolean isOpen() {
        return open;
    }

    /** The process is coming home: the kernel keeps what peers send from here on; or it did not come, after all. */
    void stop(boolean stop) {
        stopped = stop;
        if (stop) {
            end.outflow().stopReading();
            end.settle();
        } else {
            end.open();
        }
    }

    /** The same while nobody is to look at the socket at all. */
    void pause() {
        stopped = true;
        end.outflow().stopReading();
        end.local().unwatch();
    }

    boolean isStopped() {
        return stopped;
    }

    /** Whether a stub is to attach to it. */
    boolean awaitsStub() {
        return open && !stopped && !end.bound();
    }

    /** Whether nothing is on its way in either direction, as far as this end knows. */
    boolean drained() {
        return stopped && end.outflow().idle() && end.inflow().idle();
    }

    /** Whether a stub with this epoch may bind from this lane. */
    boolean admits(PeerLane lane, int newEpoch) {
        return newEpoch > epoch || newEpoch == epoch && (end.lane() == null || end.lane().leadsTo(lane.node()));
    }

    void setEpoch(int newEpoch) {
        epoch = newEpoch;
        end.slot().epoch(newEpoch);
    }

    /** Sets what the application has set on the dummy. A stub tells all options whenever it attaches, mostly those that are set here already. */
    void apply(SocketOptions changed) {
        if (changed.equals(options)) {
            return;
        }
        options = end.context().shared.options(changed.over(options));
        changed.apply(end.local().number());
        ownOptions();
    }

    /** Whether all that it has read was read by the application, and all that this wrote is in the socket: nothing is here that is not there. */
    boolean standsAt(StreamState left) {
        return open && end.outflow().readSoFar() == left.inbound().consumed() && !end.outflow().eof()
                && end.outflow().lastMark() == Mark.DATA && end.inflow().idle() && !end.inflow().eof() && !end.inflow().closedSocket()
                && end.inflow().dataEnd() == left.outbound().acked();
    }

    /** The socket shall be as the application, whose options these are, would have it; the deputy has it still, and does nothing to it. */
    void lend(SocketOptions applications) {
        end.local().unwatch();
        if (applications.equals(options)) {
            options.applyOwned(end.local().number());
        } else {
            options = end.context().shared.options(applications);
            options.apply(end.local().number());
        }
    }

    /** The application does not get it, after all. */
    void takeBack() {
        ownOptions();
    }

    /** Gives the descriptor up, as the application would have it. It stays kept until {@link Kept#free}. */
    int giveBack() {
        int fd = end.local().detach();
        end.forget();
        options.apply(fd);
        return fd;
    }

    /** What the deputy needs otherwise than the application may have set it; {@link #giveBack} restores that. */
    private void ownOptions() {
        if (state.kind() == StreamKind.TCP) {
            // An urgent byte is read at its place in the stream; a single byte is readable (man 7 socket, SO_RCVLOWAT).
            Posix.setsockoptInt(end.local().number(), Linux.SOL_SOCKET, Linux.SO_OOBINLINE, 1);
            Posix.setsockoptInt(end.local().number(), Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, 1);
            Sockets.resetWhenAbandoned(end.local().number());
        }
    }

    StreamDescription describe() {
        String word = !open ? "held" : stopped ? "homecoming" : end.bound() ? "bound" : "open";
        return new StreamDescription(
                state.id(),
                Role.DEPUTY,
                state.kind(),
                state.local(),
                state.remote(),
                state.origin(),
                end.bound() ? end.lane().node() : null,
                end.bound() ? end.lane().link().link() : null,
                end.waitedMs(0),
                end.inflow().bytesWritten(),
                end.outflow().readSoFar(),
                end.outflow().inFlightBytes(),
                word);
    }
}

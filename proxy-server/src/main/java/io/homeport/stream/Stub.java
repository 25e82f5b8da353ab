package io.homeport.stream;

import io.homeport.estate.Slot;
import io.homeport.link.LinkPolicy;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A stream's end where its process runs: the daemon's end of the dummy. Data loop. */
final class Stub {
    /** Where it is in its life. */
    enum Phase {
        /** Made; nothing has been told to the deputy. */
        PREPARED,
        /** A connection to the application's shadow listener is being made. */
        CONNECTING,
        /** Attached, or trying to. */
        STARTED,
        /** The process is frozen and about to leave. */
        QUIESCED
    }

    final StreamState state;
    final ShadowNet net;
    final int room;
    final int epoch;
    final Slot slot;
    /** Null for a listener: its descriptor is the application's alone. */
    final StreamEnd end;

    Phase phase = Phase.PREPARED;
    PeerLane lane;
    /** By which links it may reach its deputy. */
    LinkPolicy policy = LinkPolicy.LOADBALANCE;
    boolean listenerBound;
    boolean listenerClosed;
    /** Of a listener: connections that wait for room in the application's accept queue, by stream id; and how many are being made. */
    final Map<Long, StreamState> waitingChildren;
    int connectingChildren;
    /** The deputy has forgotten the stream, or there never was one. */
    boolean deputyGone;
    /** Attached at least once. */
    boolean wasBound;
    int refusals;
    /** The application's options as last seen. */
    SocketOptions options;
    /** They may differ from the real socket's: told to the deputy at every attach, it sets what differs. */
    boolean optionsChanged;
    /** While quiesced, of a connection that the application has not accepted: the end that it would have got; else -1. */
    int unacceptedFd = -1;

    Stub(StreamState state, ShadowNet net, Slot slot, StreamEnd end) {
        this.state = state;
        this.slot = slot;
        this.net = net;
        this.room = slot.room();
        this.epoch = slot.epoch();
        this.end = end;
        this.waitingChildren = end == null ? new LinkedHashMap<>() : Map.of();
        this.options = state.options();
        this.optionsChanged = state.optionsSet();
    }

    /** Nothing is written towards the application any more, or read from it. What it wants from epoll stays as it is: that it wants less it says when something comes, which is rare. */
    void standStill() {
        phase = Phase.QUIESCED;
        if (end != null) {
            end.inflow().suspend(true);
            end.outflow().stopReading();
        }
    }

    boolean isListener() {
        return end == null;
    }

    boolean bound() {
        return end == null ? listenerBound : end.bound();
    }

    StreamDescription describe() {
        String word = phase != Phase.STARTED ? phase.name().toLowerCase(Locale.ROOT)
                : bound() ? "bound" : end != null && end.over() ? "closing" : "attaching";
        return new StreamDescription(
                state.id(),
                Role.STUB,
                state.kind(),
                state.local(),
                state.remote(),
                state.origin(),
                bound() ? lane.node() : null,
                bound() ? lane.link().link() : null,
                end == null ? 0 : end.waitedMs(0),
                end == null ? 0 : end.inflow().bytesWritten(),
                end == null ? 0 : end.outflow().readSoFar(),
                end == null ? 0 : end.outflow().inFlightBytes(),
                word);
    }
}

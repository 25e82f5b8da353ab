package io.homeport.stream;

import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * The STREAM lane to one node, and the streams that wait for a turn on it.
 *
 * <pre>
 *   Outflow ─┐
 *   Outflow ─┼─► waiting, first in first out ─► one frame each ─► Peer      as long as the lane is writable
 *   Outflow ─┘
 * </pre>
 *
 * <p>So one stream with much to send delays another by a frame, not by its whole backlog. What is sent in one turn of the loop is flushed
 * once. Data loop.
 */
final class PeerLane {
    /** Frames sent before sockets are looked at again. */
    private static final int TURNS_AT_ONCE = 64;

    private final Peer peer;
    private final Executor loop;
    private final ArrayDeque<Outflow> waiting = new ArrayDeque<>();
    private boolean runScheduled;
    private boolean flushScheduled;

    PeerLane(Peer peer, Executor loop) {
        this.peer = peer;
        this.loop = loop;
    }

    String node() {
        return peer.node();
    }

    /** The link that it is a lane of. */
    Peer link() {
        return peer;
    }

    boolean is(Peer other) {
        return peer == other;
    }

    /** Whether it leads to the same node, maybe by another link. */
    boolean leadsTo(String node) {
        return peer.node().equals(node);
    }

    boolean up() {
        return peer.up(TrafficClass.STREAM);
    }

    boolean writable() {
        return peer.writable(TrafficClass.STREAM);
    }

    /** Sends a frame, which the lane releases; it leaves at the end of this turn of the loop. */
    void send(ByteBuf frame) {
        peer.send(TrafficClass.STREAM, frame);
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
    }

    /** Gives {@code flow} a turn when the lane has room. */
    void await(Outflow flow) {
        if (flow.enterQueue()) {
            waiting.add(flow);
        }
        if (!runScheduled && writable()) {
            runScheduled = true;
            loop.execute(this::run);
        }
    }

    /** {@code flow} goes by another lane from here on. */
    void leave(Outflow flow) {
        if (waiting.remove(flow)) {
            flow.leaveQueue();
        }
    }

    /** The lane has room (again). */
    void run() {
        runScheduled = false;
        for (int turns = 0; turns < TURNS_AT_ONCE && !waiting.isEmpty() && writable(); turns++) {
            Outflow flow = waiting.poll();
            flow.leaveQueue();
            if (flow.turn() && flow.enterQueue()) {
                waiting.add(flow);
            }
        }
        if (!waiting.isEmpty() && !runScheduled && writable()) {
            runScheduled = true;
            loop.execute(this::run);
        }
    }

    private void flush() {
        flushScheduled = false;
        peer.flush(TrafficClass.STREAM);
    }
}

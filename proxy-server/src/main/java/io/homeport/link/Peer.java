package io.homeport.link;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Another node, or this one ({@link Links#self()}), or one of the links to a node ({@link #links}). Hides by how many connections it
 * is reached.
 *
 * <p>All methods may be called from any thread, none blocks. Frames of one class that are sent by one thread arrive in
 * order, or not at all: those under way when a lane goes down are lost, and {@link LaneListener#down} tells.
 */
public interface Peer {
    /** Name of the node. */
    String node();

    /** The links by which this node is reached, in the configuration's order; one that is a link itself is its own only one. */
    default List<Peer> links() {
        return List.of(this);
    }

    /** Name of the link, as policies call it; null if this is no link: a whole node, or this node itself. */
    default String link() {
        return null;
    }

    /** Which of the links to its node it is; 0 for the first. */
    default int linkId() {
        return 0;
    }

    /** How the link stands; of a node, its best one. */
    default LinkState state() {
        return LinkState.UP;
    }

    /** Why the link is not up; empty if it is. */
    default String reason() {
        return "";
    }

    /** Whether a lane of this class is up. */
    boolean up(TrafficClass trafficClass);

    /**
     * Whether the lane is up and has room for more; if not, {@link LaneListener#writable} tells when it has again. Sending
     * all the same is allowed (and right for control frames), but what is sent then only waits in memory.
     */
    boolean writable(TrafficClass trafficClass);

    /**
     * Hands a frame to the lane; it leaves with the next {@link #flush}. If the lane is down the frame is dropped.
     *
     * @param frame an SBE message with its header, without length prefix, at most {@link io.homeport.wire.FrameLimits#MAX_FRAME_BYTES};
     *     released by the lane. One made by {@link FrameBuffers#allocate} is sent without copying
     */
    void send(TrafficClass trafficClass, ByteBuf frame);

    /** Lets what was sent leave: at the end of this turn of the event loop, together with what others flush in the same turn. */
    void flush(TrafficClass trafficClass);

    /**
     * Calls a method of the node over the CONTROL lane. If this thread is serving a request, the call goes out one
     * priority higher (see {@link CallPriority}).
     *
     * @param request at most {@link io.homeport.wire.FrameLimits#MAX_CALL_BYTES}
     * @param timeout after which the future fails; the call may still be carried out
     * @return the reply; fails with {@link CallException}. Completed on the control loop: hand long work to another thread
     */
    CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout);
}

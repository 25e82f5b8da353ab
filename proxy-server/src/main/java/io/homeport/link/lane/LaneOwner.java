package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/** Whom lanes belong to. Called on the lane's event loop unless said otherwise. */
public interface LaneOwner {
    /** The event loop that serves this class. Any thread. */
    EventLoop loop(Lane lane);

    /** Whether this node is a peer that may dial us: it is configured, and its name is lower than ours. Any thread. */
    boolean mayDial(String node);

    /** The handshake is over: frames may pass. A lane of the same peer and class that is still up is to be closed. */
    void up(LaneChannel lane);

    /** A lane that was up has ended. Called once. */
    void down(LaneChannel lane, String reason);

    /**
     * A frame that is not the lane's own business (keepalive, goodbye) has arrived.
     *
     * @param frame released after the call
     * @throws RuntimeException to end the lane
     */
    void frame(LaneChannel lane, int templateId, ByteBuf frame);

    /** The lane has room again. */
    void writable(LaneChannel lane);
}

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

    /** Whether this node has so many links to that one: a link that only one side knows has no name here. Any thread. */
    default boolean knowsLink(String node, int linkId) {
        return linkId == 0;
    }

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

    /** Its pings are not answered any more, or again; it is open still. */
    default void suspected(LaneChannel lane, boolean suspect) {
        // Who has one link to each node has no other to turn to.
    }

    /** The lane has room again. */
    void writable(LaneChannel lane);
}

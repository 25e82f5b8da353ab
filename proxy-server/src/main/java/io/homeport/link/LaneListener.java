package io.homeport.link;

import io.netty.buffer.ByteBuf;

/**
 * Hears about the lanes of one traffic class, for all peers. Registered with {@link Links#register(TrafficClass,
 * LaneListener)}; called on the event loop of that class, never concurrently; must not block.
 *
 * <p>A peer is here always one link to a node. For each the calls come as: up, (frame | writable)*, down, up, ... An exception thrown by
 * {@link #frame} ends the lane it came on, and only that.
 */
public interface LaneListener {
    /** The lane is up; frames may be sent. */
    void up(Peer peer, TrafficClass trafficClass);

    /** The lane is down: frames under way in either direction are lost. It is being dialled again. */
    void down(Peer peer, TrafficClass trafficClass, String reason);

    /**
     * A frame has arrived: an SBE message with its header; {@link io.homeport.wire.Frames#templateId} has accepted it.
     *
     * @param frame valid during this call; {@code retain()} it to keep it
     */
    void frame(Peer peer, ByteBuf frame);

    /** {@link Peer#state} has changed: the link is suspect, or is not any more. The lane itself stays as it is. */
    default void linkChanged(Peer link) {
        // Who needs the link has nothing better.
    }

    /** The lane has room again after {@link Peer#writable} said no. */
    void writable(Peer peer);
}

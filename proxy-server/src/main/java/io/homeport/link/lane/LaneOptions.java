package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/** Socket options of lanes: the same on both sides. */
final class LaneOptions {
    /** How much may wait in memory before a lane says that it is not writable, and when it is writable again. */
    private static final WriteBufferWaterMark STREAM_WAITING = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    private static final WriteBufferWaterMark BULK_WAITING = new WriteBufferWaterMark(2 * 1024 * 1024, 8 * 1024 * 1024);

    private LaneOptions() {}

    static void apply(Channel channel, Lane lane) {
        channel.config().setOption(ChannelOption.TCP_NODELAY, true); // frames are batched here, not by the kernel
        channel.config().setWriteBufferWaterMark(lane == Lane.BULK ? BULK_WAITING : STREAM_WAITING);
    }
}

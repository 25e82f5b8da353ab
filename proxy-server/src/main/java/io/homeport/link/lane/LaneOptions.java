package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Socket options of lanes: the same on both sides. */
final class LaneOptions {
    /** How much may wait in memory before a lane says that it is not writable, and when it is writable again. */
    private static final WriteBufferWaterMark STREAM_WAITING = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    private static final WriteBufferWaterMark BULK_WAITING = new WriteBufferWaterMark(2 * 1024 * 1024, 8 * 1024 * 1024);

    /** A frame that comes in two reads is copied once ({@link FrameDecoder}): so a read has room for some of the longest. */
    private static final RecvByteBufAllocator READS = new AdaptiveRecvByteBufAllocator(64, 2048, 256 * 1024);

    private static final int SOL_SOCKET = 1;
    private static final int SO_BINDTODEVICE = 25;
    /** IFNAMSIZ, with the zero at its end (man 7 netdevice). */
    private static final int DEVICE_NAME_BYTES = 16;

    /** The interface to leave by, whatever the routing table says (man 7 socket, SO_BINDTODEVICE). */
    static final RawUnixChannelOption DEVICE = new RawUnixChannelOption("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, DEVICE_NAME_BYTES);

    private LaneOptions() {}

    /** Value of {@link #DEVICE}. */
    static ByteBuffer device(String name) {
        ByteBuffer value = ByteBuffer.allocateDirect(DEVICE_NAME_BYTES);
        value.put(0, name.getBytes(StandardCharsets.US_ASCII));
        return value;
    }

    /** @param timeoutMs bytes that stay unacknowledged for so long end the connection: so that none is left behind trying for minutes */
    static void apply(Channel channel, Lane lane, int timeoutMs) {
        channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, timeoutMs);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true); // frames are batched here, not by the kernel
        channel.config().setRecvByteBufAllocator(READS);
        channel.config().setWriteBufferWaterMark(lane == Lane.BULK ? BULK_WAITING : STREAM_WAITING);
    }
}

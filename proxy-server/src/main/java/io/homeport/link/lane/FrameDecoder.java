package io.homeport.link.lane;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Cuts the bytes of a connection into frames.
 *
 * <pre>
 *   in:   | length | frame ............ | length | fra     me ... |
 *   out:    slice of the buffer it came in         a buffer of its own, each byte copied once
 * </pre>
 *
 * <p>Netty's LengthFieldBasedFrameDecoder copies the bytes of a long frame again and again while it grows. On the lane's
 * event loop.
 */
final class FrameDecoder extends ChannelInboundHandlerAdapter {
    private int maxFrameBytes = FrameLimits.MAX_HELLO_BYTES;
    private long length;
    private int lengthBytes;
    private ByteBuf partial;

    /** The handshake is over: frames may be long. */
    void allowLongFrames() {
        maxFrameBytes = FrameLimits.MAX_FRAME_BYTES;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && ctx.channel().isActive()) {
                if (partial != null) {
                    continueFrame(ctx, in);
                } else if (readLength(in)) {
                    startFrame(ctx, in);
                }
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        dropPartial();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        dropPartial();
        ctx.fireChannelInactive();
    }

    private boolean readLength(ByteBuf in) {
        if (lengthBytes == 0 && in.readableBytes() >= FrameLimits.LENGTH_PREFIX_BYTES) {
            length = in.readUnsignedIntLE();
            return true;
        }
        length |= (long) in.readUnsignedByte() << (8 * lengthBytes);
        return ++lengthBytes == FrameLimits.LENGTH_PREFIX_BYTES;
    }

    private void startFrame(ChannelHandlerContext ctx, ByteBuf in) {
        long frameBytes = length;
        length = 0;
        lengthBytes = 0;
        if (frameBytes < Frames.HEADER_BYTES || frameBytes > maxFrameBytes) {
            in.skipBytes(in.readableBytes());
            throw new MalformedFrameException("a frame of " + frameBytes + " bytes; allowed are " + Frames.HEADER_BYTES + " to " + maxFrameBytes);
        }
        if (in.readableBytes() >= frameBytes) {
            ctx.fireChannelRead(in.readRetainedSlice((int) frameBytes));
        } else {
            partial = ctx.alloc().directBuffer((int) frameBytes, (int) frameBytes);
            continueFrame(ctx, in);
        }
    }

    private void continueFrame(ChannelHandlerContext ctx, ByteBuf in) {
        partial.writeBytes(in, Math.min(partial.writableBytes(), in.readableBytes()));
        if (!partial.isWritable()) {
            ByteBuf frame = partial;
            partial = null;
            ctx.fireChannelRead(frame);
        }
    }

    private void dropPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}

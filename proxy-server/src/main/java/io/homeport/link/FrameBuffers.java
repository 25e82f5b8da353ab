package io.homeport.link;

import io.homeport.link.lane.FrameView;
import io.homeport.wire.FrameLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes buffers for frames, and lets SBE's flyweights see them.
 *
 * <pre>
 *   0        4                             4 + maxBytes
 *   | prefix | header | fields | payload   |
 *   ^        ^ readerIndex = writerIndex of a new one
 *   room for the length, which the lane writes when it sends the frame
 * </pre>
 *
 * <p>Pure; any thread.
 */
public final class FrameBuffers {
    private FrameBuffers() {}

    /** A direct buffer for a frame of at most {@code maxBytes}, with room for the length prefix before it. */
    public static ByteBuf allocate(int maxBytes) {
        int capacityBytes = FrameLimits.LENGTH_PREFIX_BYTES + maxBytes;
        ByteBuf frame = ByteBufAllocator.DEFAULT.directBuffer(capacityBytes, capacityBytes);
        return frame.setIndex(FrameLimits.LENGTH_PREFIX_BYTES, FrameLimits.LENGTH_PREFIX_BYTES);
    }

    /** Lets {@code view} show the bytes of {@code frame} that can be read: index 0 is the first byte of the frame. */
    public static void viewReadable(UnsafeBuffer view, ByteBuf frame) {
        FrameView.wrap(view, frame, frame.readableBytes());
    }

    /**
     * Lets {@code view} show {@code frame} from its reader index to the end of its capacity: index 0 is the first byte of
     * the frame. After encoding, set the writer index: {@code frame.writerIndex(frame.readerIndex() + length)}.
     */
    public static void viewWritable(UnsafeBuffer view, ByteBuf frame) {
        FrameView.wrap(view, frame, frame.capacity() - frame.readerIndex());
    }
}

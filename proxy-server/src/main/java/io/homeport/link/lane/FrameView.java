package io.homeport.link.lane;

import io.netty.buffer.ByteBuf;
import org.agrona.concurrent.UnsafeBuffer;

/** Lets SBE's flyweights see the bytes of a Netty buffer without copying. Pure. */
public final class FrameView {
    private FrameView() {}

    /** Index 0 of {@code view} becomes the reader index of {@code frame}; valid while that is neither moved nor released. */
    public static void wrap(UnsafeBuffer view, ByteBuf frame, int length) {
        if (frame.hasMemoryAddress()) {
            view.wrap(frame.memoryAddress() + frame.readerIndex(), length);
        } else if (frame.hasArray()) { // the JDK's TLS gives heap buffers
            view.wrap(frame.array(), frame.arrayOffset() + frame.readerIndex(), length);
        } else {
            view.wrap(frame.nioBuffer(frame.readerIndex(), length));
        }
    }
}

package io.homeport.link;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.CallStatus;
import io.homeport.wire.link.MessageHeaderEncoder;
import io.homeport.wire.link.ReplyEncoder;
import io.homeport.wire.link.RequestEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** Request and Reply frames. Pure. */
final class CallFrames {
    /** Fixed parts and lengths of the longest of the two. */
    private static final int OVERHEAD_BYTES = 64;

    private CallFrames() {}

    static ByteBuf request(long callId, short method, int priority, byte[] payload) {
        ByteBuf frame = FrameBuffers.allocate(OVERHEAD_BYTES + payload.length);
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewWritable(view, frame);
        RequestEncoder out = new RequestEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.callId(callId).method(method & 0xffff).priority((short) priority).putPayload(payload, 0, payload.length);
        return frame.writerIndex(frame.readerIndex() + Frames.HEADER_BYTES + out.encodedLength());
    }

    static ByteBuf reply(long callId, CallStatus status, byte[] payload, String failure) {
        if (payload.length > FrameLimits.MAX_CALL_BYTES) {
            return reply(callId, CallStatus.FAILED, new byte[0], "a reply of " + payload.length + " bytes; at most " + FrameLimits.MAX_CALL_BYTES);
        }
        byte[] encoded = failure.getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(encoded, Math.min(encoded.length, FrameLimits.MAX_REASON_BYTES));
        ByteBuf frame = FrameBuffers.allocate(OVERHEAD_BYTES + payload.length + text.length);
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewWritable(view, frame);
        ReplyEncoder out = new ReplyEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.callId(callId).status(status).putPayload(payload, 0, payload.length).putFailure(text, 0, text.length);
        return frame.writerIndex(frame.readerIndex() + Frames.HEADER_BYTES + out.encodedLength());
    }
}

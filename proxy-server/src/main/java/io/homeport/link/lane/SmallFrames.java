package io.homeport.link.lane;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.GoodbyeDecoder;
import io.homeport.wire.link.GoodbyeEncoder;
import io.homeport.wire.link.GoodbyeReason;
import io.homeport.wire.link.MessageHeaderDecoder;
import io.homeport.wire.link.MessageHeaderEncoder;
import io.homeport.wire.link.PingDecoder;
import io.homeport.wire.link.PingEncoder;
import io.homeport.wire.link.PongEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Keepalive and goodbye frames. A few per second: written for clarity. Pure. */
final class SmallFrames {
    private SmallFrames() {}

    static ByteBuf ping(long sentNs) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[Frames.HEADER_BYTES + PingEncoder.BLOCK_LENGTH]);
        new PingEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder()).sentNs(sentNs);
        return Unpooled.wrappedBuffer(buffer.byteArray());
    }

    static ByteBuf pong(long sentNs) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[Frames.HEADER_BYTES + PongEncoder.BLOCK_LENGTH]);
        new PongEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder()).sentNs(sentNs);
        return Unpooled.wrappedBuffer(buffer.byteArray());
    }

    /** The time in a Ping or a Pong: they have the same shape. */
    static long sentNs(DirectBuffer frame) {
        if (Frames.blockLength(frame, 0) < PingDecoder.BLOCK_LENGTH) {
            throw new MalformedFrameException("a ping that is cut short");
        }
        return new PingDecoder().wrap(frame, Frames.HEADER_BYTES, PingDecoder.BLOCK_LENGTH, PingDecoder.SCHEMA_VERSION).sentNs();
    }

    static ByteBuf goodbye(GoodbyeReason reason, String text) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[2 * FrameLimits.MAX_REASON_BYTES]);
        GoodbyeEncoder out = new GoodbyeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder()).reason(reason);
        byte[] bytes = Hellos.bytes(text, FrameLimits.MAX_REASON_BYTES);
        out.putText(bytes, 0, bytes.length);
        return Unpooled.wrappedBuffer(buffer.byteArray(), 0, Frames.HEADER_BYTES + out.encodedLength());
    }

    /** Reason and text of a Goodbye, fit for a log. */
    static String goodbyeText(DirectBuffer frame) {
        return Frames.decoded("a Goodbye", () -> decodeGoodbye(frame));
    }

    private static String decodeGoodbye(DirectBuffer frame) {
        GoodbyeDecoder in = new GoodbyeDecoder().wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
        Frames.checkField(frame, in.limit(), FrameLimits.MAX_REASON_BYTES, "a reason");
        return in.reason() + ", " + Hellos.printable(in.text());
    }
}

package io.homeport.link.lane;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.HelloDecoder;
import io.homeport.wire.link.HelloEncoder;
import io.homeport.wire.link.HelloReplyDecoder;
import io.homeport.wire.link.HelloReplyEncoder;
import io.homeport.wire.link.Lane;
import io.homeport.wire.link.MessageHeaderDecoder;
import io.homeport.wire.link.MessageHeaderEncoder;
import io.homeport.wire.link.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** The two messages of the handshake as records. Seldom sent: written for clarity, not for speed. Pure. */
final class Hellos {
    /** What the dialler says. */
    record Hello(String node, String target, Lane lane, int linkId, long incarnation, int minVersion, int maxVersion) {}

    /** What the acceptor answers. */
    record Reply(String node, Welcome welcome, long incarnation, int version, String reason) {}

    private Hellos() {}

    static ByteBuf encode(Hello hello, int keepaliveMs) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[FrameLimits.MAX_HELLO_BYTES]);
        HelloEncoder out = new HelloEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        out.incarnation(hello.incarnation).features(0).keepaliveMs(keepaliveMs).minVersion(hello.minVersion)
                .maxVersion(hello.maxVersion).linkId(hello.linkId).lane(hello.lane);
        byte[] node = bytes(hello.node, FrameLimits.MAX_NODE_NAME_BYTES);
        byte[] target = bytes(hello.target, FrameLimits.MAX_NODE_NAME_BYTES);
        out.putNode(node, 0, node.length).putTarget(target, 0, target.length);
        return Unpooled.wrappedBuffer(buffer.byteArray(), 0, MessageHeaderEncoder.ENCODED_LENGTH + out.encodedLength());
    }

    static Hello decodeHello(ByteBuf frame) {
        UnsafeBuffer buffer = message(frame, HelloDecoder.TEMPLATE_ID, "Hello");
        HelloDecoder in = new HelloDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        try {
            Frames.checkField(buffer, in.limit(), FrameLimits.MAX_NODE_NAME_BYTES, "a node name");
            String node = printable(in.node());
            Frames.checkField(buffer, in.limit(), FrameLimits.MAX_NODE_NAME_BYTES, "a node name");
            String target = printable(in.target());
            return new Hello(node, target, in.lane(), in.linkId(), in.incarnation(), in.minVersion(), in.maxVersion());
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedFrameException("a Hello that is cut short or names no lane");
        }
    }

    static ByteBuf encode(Reply reply, int keepaliveMs) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[FrameLimits.MAX_HELLO_BYTES]);
        HelloReplyEncoder out = new HelloReplyEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        out.incarnation(reply.incarnation).features(0).keepaliveMs(keepaliveMs).protocolVersion(reply.version).welcome(reply.welcome);
        byte[] node = bytes(reply.node, FrameLimits.MAX_NODE_NAME_BYTES);
        byte[] reason = bytes(reply.reason, FrameLimits.MAX_REASON_BYTES);
        out.putNode(node, 0, node.length).putReason(reason, 0, reason.length);
        return Unpooled.wrappedBuffer(buffer.byteArray(), 0, MessageHeaderEncoder.ENCODED_LENGTH + out.encodedLength());
    }

    static Reply decodeReply(ByteBuf frame) {
        UnsafeBuffer buffer = message(frame, HelloReplyDecoder.TEMPLATE_ID, "HelloReply");
        HelloReplyDecoder in = new HelloReplyDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        try {
            Frames.checkField(buffer, in.limit(), FrameLimits.MAX_NODE_NAME_BYTES, "a node name");
            String node = printable(in.node());
            Frames.checkField(buffer, in.limit(), FrameLimits.MAX_REASON_BYTES, "a reason");
            return new Reply(node, in.welcome(), in.incarnation(), in.protocolVersion(), printable(in.reason()));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedFrameException("a HelloReply that is cut short");
        }
    }

    /** UTF-8 bytes of {@code text}, cut to at most {@code maxBytes}. */
    static byte[] bytes(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= maxBytes ? bytes : Arrays.copyOf(bytes, maxBytes);
    }

    /** Text from another node, fit for a log: one line, no control characters. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static UnsafeBuffer message(ByteBuf frame, int templateId, String name) {
        UnsafeBuffer buffer = new UnsafeBuffer(ByteBufUtil.getBytes(frame));
        int found = Frames.templateId(buffer, 0, buffer.capacity());
        if (found != templateId) {
            throw new MalformedFrameException("message " + found + " instead of " + name);
        }
        return buffer;
    }
}

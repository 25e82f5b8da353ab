package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.ReplyDecoder;
import io.homeport.wire.link.RequestDecoder;
import io.netty.buffer.ByteBuf;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes Request and Reply frames off the CONTROL lanes. On the control loop. */
final class ControlFrames {
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /** What a Request frame says. */
    record Request(long callId, short method, int priority, byte[] payload) {}

    /** @return false if the frame is neither, and somebody else's */
    boolean serve(NodePeer peer, CallServer server, LaneChannel lane, int templateId, ByteBuf frame) {
        FrameBuffers.viewReadable(view, frame);
        switch (templateId) {
            case RequestDecoder.TEMPLATE_ID -> answer(request(view), peer, server, lane);
            case ReplyDecoder.TEMPLATE_ID -> peer.calls().replied(view);
            default -> {
                return false;
            }
        }
        return true;
    }

    static Request request(DirectBuffer frame) {
        return Frames.decoded("a Request", () -> decode(frame));
    }

    private static Request decode(DirectBuffer frame) {
        RequestDecoder in = new RequestDecoder().wrap(frame, Frames.HEADER_BYTES, Frames.blockLength(frame, 0), Frames.version(frame, 0));
        byte[] payload = new byte[Frames.checkField(frame, in.limit(), FrameLimits.MAX_CALL_BYTES, "a request")];
        in.getPayload(payload, 0, payload.length);
        return new Request(in.callId(), (short) in.method(), in.priority(), payload);
    }

    private static void answer(Request request, NodePeer peer, CallServer server, LaneChannel lane) {
        if (!peer.served().begin(lane.incarnation(), request.callId)) {
            peer.served().again(request.callId, lane); // it came by another link before; its reply may have been lost with that
            return;
        }
        server.serve(peer, request.method, request.priority, request.payload, (status, reply, failure) -> {
            peer.served().answer(request.callId, peer.laneForReply(lane), status, reply, failure);
        });
    }
}

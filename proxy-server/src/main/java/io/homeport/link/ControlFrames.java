package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.ReplyDecoder;
import io.homeport.wire.link.RequestDecoder;
import io.netty.buffer.ByteBuf;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes Request and Reply frames off the CONTROL lanes. On the control loop. */
final class ControlFrames {
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final RequestDecoder request = new RequestDecoder();

    /** @return false if the frame is neither, and somebody else's */
    boolean serve(NodePeer peer, CallServer server, LaneChannel lane, int templateId, ByteBuf frame) {
        FrameBuffers.viewReadable(view, frame);
        switch (templateId) {
            case RequestDecoder.TEMPLATE_ID -> request(peer, server, lane);
            case ReplyDecoder.TEMPLATE_ID -> peer.calls().replied(view);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void request(NodePeer peer, CallServer server, LaneChannel lane) {
        request.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        long callId = request.callId();
        int method = request.method();
        int priority = request.priority();
        byte[] payload = new byte[Frames.checkLength(request.payloadLength(), FrameLimits.MAX_CALL_BYTES, "a request")];
        request.getPayload(payload, 0, payload.length);
        server.serve(peer, (short) method, priority, payload, (status, reply, failure) -> {
            lane.send(CallFrames.reply(callId, status, reply, failure));
            lane.flush();
        });
    }
}

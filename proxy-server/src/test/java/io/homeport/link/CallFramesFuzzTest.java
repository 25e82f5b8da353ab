package io.homeport.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.CallStatus;
import io.homeport.wire.link.ReplyDecoder;
import io.homeport.wire.link.RequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests and replies of a certified node that has gone mad. */
class CallFramesFuzzTest {
    private static final Calls CALLS = new Calls("beta", new ScheduledThreadPoolExecutor(1));

    static Stream<byte[]> shouldDecodeOrRefuse() {
        return Stream.of(
                        CallFrames.request(1, (short) 5, 0, new byte[] {1, 2, 3}),
                        CallFrames.reply(1, CallStatus.OK, new byte[] {4, 5}, ""),
                        CallFrames.reply(2, CallStatus.FAILED, new byte[0], "no room"))
                .map(CallFramesFuzzTest::bytes);
    }

    @MethodSource
    @FuzzTest
    void shouldDecodeOrRefuse(byte[] frame) {
        UnsafeBuffer view = new UnsafeBuffer(frame);
        Cost.bounded(frame.length, () -> {
            try {
                switch (Frames.templateId(view, 0, frame.length)) {
                    case RequestDecoder.TEMPLATE_ID -> {
                        ControlFrames.Request request = ControlFrames.request(view);
                        assertThat(request.payload().length).isLessThanOrEqualTo(Math.min(frame.length, FrameLimits.MAX_CALL_BYTES));
                    }
                    case ReplyDecoder.TEMPLATE_ID -> CALLS.replied(view);
                    default -> { }
                }
            } catch (MalformedFrameException refused) {
                // Declared.
            }
        });
    }

    private static byte[] bytes(ByteBuf frame) {
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        return bytes;
    }
}

package io.homeport.link.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.GoodbyeDecoder;
import io.homeport.wire.link.GoodbyeReason;
import io.homeport.wire.link.Lane;
import io.homeport.wire.link.PingDecoder;
import io.homeport.wire.link.PongDecoder;
import io.homeport.wire.link.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.provider.MethodSource;

/** The frames that a lane keeps to itself: what a stranger with a certificate may say first, keepalive, goodbye. */
class HellosFuzzTest {
    static Stream<byte[]> shouldDecodeOrRefuse() {
        return Stream.of(
                        Hellos.encode(new Hellos.Hello("alpha", "beta", Lane.BULK, 1, 4711, 1, 1), 1_000),
                        Hellos.encode(new Hellos.Reply("beta", Welcome.REVOKED, 4712, 1, "issue a new one"), 1_000),
                        SmallFrames.ping(1), SmallFrames.pong(2), SmallFrames.goodbye(GoodbyeReason.SHUTDOWN, "the daemon stops"),
                        new Preamble(Lane.STREAM, true).encode())
                .map(ByteBufUtil::getBytes);
    }

    @MethodSource
    @FuzzTest
    void shouldDecodeOrRefuse(byte[] frame) {
        Cost.bounded(frame.length, () -> {
            ByteBuf bytes = Unpooled.wrappedBuffer(frame);
            if (frame.length >= Preamble.BYTES) {
                Preamble preamble = Preamble.decode(bytes.duplicate());
                assertThat(preamble == null || preamble.lane() != Lane.NULL_VAL).isTrue();
            }
            refusing(() -> {
                Hellos.Hello hello = Hellos.decodeHello(bytes.duplicate());
                assertThat(hello.node() + hello.target()).doesNotContainPattern("\\p{Cntrl}");
            });
            refusing(() -> assertThat(Hellos.decodeReply(bytes.duplicate()).reason()).doesNotContainPattern("\\p{Cntrl}"));
            refusing(() -> onALaneThatIsUp(new UnsafeBuffer(frame)));
        });
    }

    private static void onALaneThatIsUp(UnsafeBuffer frame) {
        switch (Frames.templateId(frame, 0, frame.capacity())) {
            case PingDecoder.TEMPLATE_ID, PongDecoder.TEMPLATE_ID -> SmallFrames.sentNs(frame);
            case GoodbyeDecoder.TEMPLATE_ID -> assertThat(SmallFrames.goodbyeText(frame)).doesNotContainPattern("\\p{Cntrl}");
            default -> { }
        }
    }

    private static void refusing(Runnable decode) {
        try {
            decode.run();
        } catch (MalformedFrameException refused) {
            // Declared.
        }
    }
}

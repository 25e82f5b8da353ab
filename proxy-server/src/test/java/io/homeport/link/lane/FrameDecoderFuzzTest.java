package io.homeport.link.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of a connection, in whatever pieces they come: the first byte of the input says how long a piece is. */
class FrameDecoderFuzzTest {
    static Stream<byte[]> shouldCutFramesOrRefuse() {
        byte[] two = {1, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        byte[] whole = two.clone();
        whole[0] = 30;
        return Stream.of(two, whole, new byte[] {2, 0, 0, 16, 0, 1, 2, 3}, new byte[] {7, -1, -1, -1, -1, 0});
    }

    @MethodSource
    @FuzzTest
    void shouldCutFramesOrRefuse(byte[] input) {
        if (input.length == 0) {
            return;
        }
        boolean up = input[0] < 0;
        int pieceBytes = 1 + (input[0] & 0x7f);
        Cost.bounded(input.length, () -> {
            FrameDecoder decoder = new FrameDecoder();
            EmbeddedChannel channel = new EmbeddedChannel(decoder);
            if (up) {
                decoder.allowLongFrames();
            }
            try {
                for (int at = 1; at < input.length; at += pieceBytes) {
                    channel.writeInbound(Unpooled.copiedBuffer(Arrays.copyOfRange(input, at, Math.min(input.length, at + pieceBytes))));
                }
            } catch (MalformedFrameException refused) {
                // Declared: the lane is closed.
            }
            check(channel, up ? FrameLimits.MAX_FRAME_BYTES : FrameLimits.MAX_HELLO_BYTES, input.length);
            channel.close();
        });
    }

    private static void check(EmbeddedChannel channel, int mostBytes, int inputBytes) {
        int total = 0;
        for (ByteBuf frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            assertThat(frame.readableBytes()).isBetween(Frames.HEADER_BYTES, mostBytes);
            total += FrameLimits.LENGTH_PREFIX_BYTES + frame.readableBytes();
            frame.release();
        }
        assertThat(total).isLessThan(inputBytes);
    }
}

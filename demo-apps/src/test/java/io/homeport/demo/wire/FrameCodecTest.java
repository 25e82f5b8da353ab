package io.homeport.demo.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The codec must tell every lost, doubled, moved or changed byte. */
class FrameCodecTest {
    private static final long SEED = 4711;

    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();

    @Test
    void shouldGiveBackFramesHoweverTheirBytesAreCut() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Frame> sent = frames(random, 200);
        ByteBuffer stream = stream(sent);

        List<Frame> received = new ArrayList<>();
        while (stream.hasRemaining()) {
            ByteBuffer space = decoder.space();
            int count = Math.min(Math.min(1 + random.nextInt(100_000), stream.remaining()), space.remaining());
            space.put(stream.slice().limit(count));
            stream.position(stream.position() + count);
            for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                received.add(frame);
            }
        }

        assertThat(received).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(received.get(i).payload()).isEqualTo(sent.get(i).payload());
            assertThat(received.get(i).bare()).usingRecursiveComparison().isEqualTo(sent.get(i).bare());
        }
        assertThat(decoder.digest()).isEqualTo(encoder.digest());
        assertThat(StreamDigest.parse(decoder.digest().toString())).isEqualTo(encoder.digest());
    }

    @Test
    void shouldTellALostByte() {
        byte[] bytes = stream(frames(new SplittableRandom(SEED), 3)).array();
        for (int lost = 0; lost < bytes.length; lost += 97) {
            byte[] shorter = new byte[bytes.length - 1];
            System.arraycopy(bytes, 0, shorter, 0, lost);
            System.arraycopy(bytes, lost + 1, shorter, lost, bytes.length - lost - 1);
            assertThat(wholeFrames(shorter)).as("byte %d lost", lost).isLessThan(3);
        }
    }

    @Test
    void shouldTellADoubledFrame() {
        byte[] frame = encoder.encode(Frame.of(Frame.Kind.TALK, 0, new byte[100])).array();
        byte[] doubled = ByteBuffer.allocate(2 * frame.length).put(frame).put(frame).array();
        assertThatThrownBy(() -> decodeAll(new FrameDecoder(), doubled))
                .isInstanceOf(CorruptStreamException.class)
                .hasMessageContaining("sequence number 0 in frame 1");
    }

    @Test
    void shouldTellAChangedByteOfThePayload() {
        byte[] frame = encoder.encode(Frame.of(Frame.Kind.TALK, 0, new byte[100])).array();
        frame[60] ^= 1;
        assertThatThrownBy(() -> decodeAll(new FrameDecoder(), frame))
                .isInstanceOf(CorruptStreamException.class)
                .hasMessageContaining("wrong checksum");
    }

    @Test
    void shouldTellFramesThatChangedPlaces() {
        byte[] first = encoder.encode(Frame.of(Frame.Kind.TALK, 0, new byte[100])).array();
        byte[] second = encoder.encode(Frame.of(Frame.Kind.TALK, 0, new byte[100])).array();
        byte[] swapped = ByteBuffer.allocate(first.length + second.length).put(second).put(first).array();
        assertThatThrownBy(() -> decodeAll(new FrameDecoder(), swapped)).isInstanceOf(CorruptStreamException.class);
    }

    @Test
    void shouldKnowTheSeatOfARequest() {
        long request = Frame.requestId(4, 123_456_789_012L);
        assertThat(Frame.seatOf(request)).isEqualTo(4);
        assertThat(Frame.numberOf(request)).isEqualTo(123_456_789_012L);
    }

    private static int wholeFrames(byte[] bytes) {
        FrameDecoder fresh = new FrameDecoder();
        try {
            return decodeAll(fresh, bytes);
        } catch (CorruptStreamException told) {
            return (int) fresh.digest().frames();
        }
    }

    private static int decodeAll(FrameDecoder decoder, byte[] bytes) throws CorruptStreamException {
        decoder.space().put(bytes);
        int count = 0;
        while (decoder.next() != null) {
            count++;
        }
        return count;
    }

    private ByteBuffer stream(List<Frame> frames) {
        List<ByteBuffer> parts = new ArrayList<>();
        frames.forEach(frame -> parts.add(encoder.encode(frame)));
        ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(all::put);
        return all.flip();
    }

    private static List<Frame> frames(SplittableRandom random, int count) {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[i % 50 == 49 ? Frame.MAX_PAYLOAD_BYTES : random.nextInt(2000)];
            random.nextBytes(payload);
            Frame.Kind kind = Frame.Kind.values()[random.nextInt(Frame.Kind.values().length)];
            frames.add(new Frame(kind, random.nextInt(), random.nextLong(), random.nextLong(), payload));
        }
        return frames;
    }
}

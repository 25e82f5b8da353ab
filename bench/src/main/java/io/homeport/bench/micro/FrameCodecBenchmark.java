package io.homeport.bench.micro;

import io.homeport.link.FrameBuffers;
import io.homeport.wire.Frames;
import io.homeport.wire.link.DataDecoder;
import io.homeport.wire.link.DataEncoder;
import io.homeport.wire.link.MessageHeaderDecoder;
import io.homeport.wire.link.MessageHeaderEncoder;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A Data frame from and to its payload: Netty's buffer, Agrona's view, SBE's flyweight.
 *
 * <pre>
 *   encode: allocate frame, header, fields, copy payload in, release       decode: check header, fields, copy payload out
 * </pre>
 *
 * {@code ...InPlace} is what the data path does: the payload is read from the socket straight into the frame, so nothing is copied.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class FrameCodecBenchmark {
    /** Bytes of payload in the frame. */
    @Param({"64", "16384"})
    public int payloadBytes;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final DataEncoder encoder = new DataEncoder();
    private final DataDecoder decoder = new DataDecoder();
    private UnsafeBuffer payload;
    private ByteBuf received;
    private long streamOffset;

    /** Makes the payload, and a frame as it would have been received. */
    @Setup
    public void prepare() {
        payload = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(payloadBytes));
        payload.setMemory(0, payloadBytes, (byte) 7);
        received = newFrame();
    }

    /** Gives the frame back. */
    @TearDown
    public void release() {
        received.release();
    }

    /** Makes a frame by the generated encoder. */
    @Benchmark
    public long encode() {
        ByteBuf frame = newFrame();
        long made = frame.writerIndex();
        frame.release();
        return made;
    }

    /** Makes a frame around a payload that is there already. */
    @Benchmark
    public long encodeInPlace() {
        ByteBuf frame = FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + payloadBytes);
        FrameBuffers.viewWritable(view, frame);
        Frames.data(view, 0, 42, streamOffset, (byte) 0, payloadBytes);
        frame.writerIndex(frame.readerIndex() + Frames.PAYLOAD_OFFSET + payloadBytes);
        streamOffset += payloadBytes;
        long made = frame.writerIndex();
        frame.release();
        return made;
    }

    /** Checks a frame and takes it apart by the generated decoder. */
    @Benchmark
    public long decode() {
        FrameBuffers.viewReadable(view, received);
        if (Frames.templateId(view, 0, received.readableBytes()) != DataDecoder.TEMPLATE_ID) {
            throw new IllegalStateException("not a Data frame");
        }
        decoder.wrapAndApplyHeader(view, 0, headerDecoder);
        long fields = decoder.streamId() + decoder.streamOffset();
        return fields + decoder.getPayload(payload, 0, payloadBytes);
    }

    /** Checks a frame and finds its fields, the payload staying where it is. */
    @Benchmark
    public long decodeInPlace() {
        FrameBuffers.viewReadable(view, received);
        int length = received.readableBytes();
        if (Frames.templateId(view, 0, length) != DataDecoder.TEMPLATE_ID) {
            throw new IllegalStateException("not a Data frame");
        }
        return Frames.streamId(view, 0) + Frames.payloadPosition(view, 0) + Frames.payloadBytes(view, 0, length);
    }

    private ByteBuf newFrame() {
        ByteBuf frame = FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + payloadBytes);
        FrameBuffers.viewWritable(view, frame);
        encoder.wrapAndApplyHeader(view, 0, headerEncoder);
        encoder.streamId(42).streamOffset(streamOffset).flags().clear();
        encoder.putPayload(payload, 0, payloadBytes);
        frame.writerIndex(frame.readerIndex() + Frames.HEADER_BYTES + encoder.encodedLength());
        streamOffset += payloadBytes;
        return frame;
    }
}

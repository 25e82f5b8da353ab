package io.homeport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.wire.link.AckDecoder;
import io.homeport.wire.link.DataDecoder;
import io.homeport.wire.link.DataEncoder;
import io.homeport.wire.link.FileDataDecoder;
import io.homeport.wire.link.MessageHeaderDecoder;
import io.homeport.wire.link.MessageHeaderEncoder;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static final byte[] PAYLOAD = "fork".getBytes(StandardCharsets.UTF_8);
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[128]);

    @Test
    void shouldWriteDataFramesThatTheGeneratedDecoderReads() {
        Frames.data(frame, 3, 0xfedcba9876543210L, 1L << 40, Frames.URGENT, PAYLOAD.length);
        frame.putBytes(3 + Frames.PAYLOAD_OFFSET, PAYLOAD);

        DataDecoder data = new DataDecoder().wrapAndApplyHeader(frame, 3, new MessageHeaderDecoder());
        assertThat(data.streamId()).isEqualTo(0xfedcba9876543210L);
        assertThat(data.streamOffset()).isEqualTo(1L << 40);
        assertThat(data.flags().urgent()).isTrue();
        byte[] read = new byte[data.payloadLength()];
        data.getPayload(read, 0, read.length);
        assertThat(read).isEqualTo(PAYLOAD);
    }

    @Test
    void shouldWriteFileDataFramesThatTheGeneratedDecoderReads() {
        Frames.fileData(frame, 0, 7, 1L << 33, PAYLOAD.length);
        frame.putBytes(Frames.PAYLOAD_OFFSET, PAYLOAD);

        FileDataDecoder data = new FileDataDecoder().wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
        assertThat(data.transferId()).isEqualTo(7);
        assertThat(data.fileOffset()).isEqualTo(1L << 33);
        assertThat(data.payloadLength()).isEqualTo(PAYLOAD.length);
        assertThat(Frames.templateId(frame, 0, Frames.PAYLOAD_OFFSET + PAYLOAD.length)).isEqualTo(FileDataDecoder.TEMPLATE_ID);
    }

    @Test
    void shouldReadDataFramesThatTheGeneratedEncoderWrote() {
        DataEncoder data = new DataEncoder().wrapAndApplyHeader(frame, 0, new MessageHeaderEncoder());
        data.streamId(5).streamOffset(9).flags().clear();
        data.putPayload(PAYLOAD, 0, PAYLOAD.length);
        int length = Frames.HEADER_BYTES + data.encodedLength();

        assertThat(Frames.templateId(frame, 0, length)).isEqualTo(DataDecoder.TEMPLATE_ID);
        assertThat(Frames.streamId(frame, 0)).isEqualTo(5);
        assertThat(Frames.payloadPosition(frame, 0)).isEqualTo(9);
        assertThat(Frames.urgent(frame, 0)).isFalse();
        assertThat(Frames.payloadBytes(frame, 0, length)).isEqualTo(PAYLOAD.length);
    }

    @Test
    void shouldRefuseWhatIsNoFrame() {
        assertThatThrownBy(() -> Frames.templateId(frame, 0, 7)).isInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> Frames.templateId(frame, 0, 100)).hasMessageContaining("schema 0");
        Frames.data(frame, 0, 1, 2, (byte) 0, 10);
        assertThatThrownBy(() -> Frames.templateId(frame, 0, 27)).hasMessageContaining("block of 20");
        assertThatThrownBy(() -> Frames.payloadBytes(frame, 0, 41)).hasMessageContaining("payload of 10");
        assertThat(Frames.payloadBytes(frame, 0, 42)).isEqualTo(10);
    }

    @Test
    void shouldHoldTheStreamIdFirstInEveryStreamFrame() {
        assertThat(DataDecoder.streamIdEncodingOffset()).isZero();
        assertThat(AckDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.AttachDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.AttachedDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.AttachRefusedDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.EndDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.OptionsDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.ReleasedDecoder.streamIdEncodingOffset()).isZero();
        assertThat(io.homeport.wire.link.OpenDecoder.listenerIdEncodingOffset()).isZero();
    }
}

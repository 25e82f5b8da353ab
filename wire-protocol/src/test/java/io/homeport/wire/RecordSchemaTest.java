package io.homeport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.wire.record.MessageHeaderDecoder;
import io.homeport.wire.record.MessageHeaderEncoder;
import io.homeport.wire.record.StreamItemDecoder;
import io.homeport.wire.record.StreamItemEncoder;
import io.homeport.wire.record.StreamKind;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RecordSchemaTest {
    @Test
    void shouldCarryGroupsAndBytesOfAStream() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1024]);
        StreamItemEncoder out = new StreamItemEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        out.streamId(42).listenerId(0).consumed(100).acked(200).backlog(0).keptFd(44).kind(StreamKind.TCP);
        out.flags().clear().inEof(true);
        out.local().scope(0).port(8080).family((short) 4).padding((short) 0).putIp(new byte[16], 0, 16);
        out.remote().scope(0).port(5555).family((short) 4).padding((short) 0).putIp(new byte[16], 0, 16);
        out.descriptorsCount(2).next().fd(17).next().fd(18);
        out.origin("alpha").putOptions(new byte[0], 0, 0);
        out.putUnread(new byte[] {1, 2, 3}, 0, 3).putUnsent(new byte[] {4}, 0, 1);

        StreamItemDecoder in = new StreamItemDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        assertThat(in.streamId()).isEqualTo(42);
        assertThat(in.flags().inEof()).isTrue();
        assertThat(in.flags().outReset()).isFalse();
        assertThat(in.keptFd()).isEqualTo(44);
        assertThat(in.remote().port()).isEqualTo(5555);
        StreamItemDecoder.DescriptorsDecoder descriptors = in.descriptors();
        assertThat(descriptors.next().fd()).isEqualTo(17);
        assertThat(descriptors.next().fd()).isEqualTo(18);
        assertThat(in.origin()).isEqualTo("alpha");
        in.skipOptions();
        byte[] unread = new byte[in.unreadLength()];
        in.getUnread(unread, 0, unread.length);
        assertThat(unread).containsExactly(1, 2, 3);
        assertThat(in.unsentLength()).isEqualTo(1);
    }
}

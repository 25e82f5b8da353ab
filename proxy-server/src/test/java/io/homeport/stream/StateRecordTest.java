package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.estate.Slot;
import io.homeport.posix.Linux;
import io.homeport.socket.SocketOptions;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class StateRecordTest {
    private static final int LINGER = 6;
    private static final String NODE = "a-node-whose-name-has-31-letter";

    @Test
    void shouldFitIntoASlotWithAllThatAnIdleSocketHas() throws Exception {
        InetSocketAddress local = new InetSocketAddress(InetAddress.getByName("2001:db8:1:2:3:4:5:6"), 65_000);
        InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName("2001:db8:1:2:3:4:5:7"), 65_001);
        StreamState state = StreamState.connection(Long.MIN_VALUE, NODE, StreamKind.TCP, local, remote, everyOption());
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        int length = StateRecord.encode(buffer, state);
        byte[] encoded = Arrays.copyOf(buffer.byteArray(), length);
        assertThat(encoded.length).isBetween(200, Slot.MAX_DESCRIPTION_BYTES);
        StreamState again = StateRecord.decode(encoded);
        assertThat(again.options()).isEqualTo(state.options());
        assertThat(again.local()).isEqualTo(local);
        assertThat(again.origin()).as("one for all states").isSameAs(NODE);
    }

    /** Whatever code means no option is left out. */
    private static SocketOptions everyOption() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(Linux.AF_INET6);
        for (int code = 1; code < 128; code++) {
            int length = code == LINGER ? 8 : 4;
            bytes.write(code);
            bytes.write(length);
            bytes.writeBytes(new byte[length]);
        }
        return SocketOptions.decode(bytes.toByteArray());
    }
}

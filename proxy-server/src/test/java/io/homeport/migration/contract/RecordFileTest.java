package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.link.LinkPolicy;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.socket.SocketOptions;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.1", 8080);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("2001:db8::7", 5555);

    @TempDir
    Path directory;

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        StreamState connection = new StreamState(
                42, "alpha", StreamKind.TCP, LOCAL, REMOTE, 7, true, SocketOptions.NONE, 0,
                new StreamState.Inbound(1L << 40, new byte[] {1, 2, 3}, true, true),
                new StreamState.Outbound(99, new byte[] {4, 5}, true, true));
        StreamState listener = StreamState.listener(7, "alpha", LOCAL, 50, SocketOptions.NONE);
        StreamState pipe = StreamState.connection(8, "beta", StreamKind.PIPE_OUT, null, null, SocketOptions.NONE);
        ServiceRecord record = new ServiceRecord(-1L, 2, "shop", "beta", "alpha", 1234, 3, LinkPolicy.parse("preferred:eth1"), List.of(
                new ServiceRecord.Item(connection, List.of(), -1),
                new ServiceRecord.Item(listener, List.of(17, 18), -1),
                new ServiceRecord.Item(pipe, List.of(1), 30)),
                List.of(new ServiceRecord.Connecting(REMOTE, true, SocketOptions.NONE, List.of(20, 21)),
                        new ServiceRecord.Connecting(LOCAL, false, SocketOptions.NONE, List.of(22))),
                List.of(new Descriptor(17, 02004002, List.of(new EpollRegistration(5, 17, 0x80000019, -2))),
                        new Descriptor(18, 02, List.of())));

        RecordFile.write(directory.resolve("record"), record);
        ServiceRecord back = RecordFile.read(directory.resolve("record"));

        assertThat(back).usingRecursiveComparison().isEqualTo(record);
    }

    @Test
    void shouldRefuseWhatIsNoRecord() throws IOException {
        Path file = directory.resolve("record");
        Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});

        assertThatThrownBy(() -> RecordFile.read(file)).isInstanceOf(IOException.class).hasMessageContaining("no record");
    }

    @Test
    void shouldRefuseARecordThatEndsEarly() throws IOException {
        Path file = directory.resolve("record");
        ServiceRecord record = new ServiceRecord(1, 2, "shop", "beta", "alpha", 1234, 3, null, List.of(
                new ServiceRecord.Item(StreamState.listener(7, "alpha", LOCAL, 50, SocketOptions.NONE), List.of(17), -1)), List.of(), List.of());
        RecordFile.write(file, record);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 20));

        assertThatThrownBy(() -> RecordFile.read(file)).isInstanceOf(IOException.class).hasMessageContaining("no record");
    }
}

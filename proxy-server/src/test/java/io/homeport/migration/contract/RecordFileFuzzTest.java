package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import io.homeport.link.LinkPolicy;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.socket.SocketOptions;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.provider.MethodSource;

/** The record that came with an image. What can be read is written again as the same. */
class RecordFileFuzzTest {
    static Stream<byte[]> shouldReadOrRefuse() throws IOException {
        InetSocketAddress local = new InetSocketAddress("10.0.0.1", 8080);
        StreamState connection = new StreamState(
                42, "alpha", StreamKind.TCP, local, new InetSocketAddress("2001:db8::7", 5555), 7, true,
                SocketOptions.decode(new byte[] {2, 40, 4, 1, 0, 0, 0}), true, 0, new StreamState.Inbound(1L << 40, new byte[] {1, 2, 3}, true),
                new StreamState.Outbound(99, new byte[] {4, 5}, true, true));
        ServiceRecord record = new ServiceRecord(-1L, 2, "shop", "beta", "alpha", 1234, 3, LinkPolicy.parse("exclusive:eth1"), List.of(
                new ServiceRecord.Item(connection, List.of(), -1),
                new ServiceRecord.Item(StreamState.listener(7, "alpha", local, 50, SocketOptions.NONE), List.of(17, 18), -1)),
                List.of(new ServiceRecord.Connecting(local, true, SocketOptions.NONE, List.of(19))),
                List.of(new Descriptor(17, 02004002, List.of(new EpollRegistration(5, 17, 0x80000019, -2)))));
        Path file = Files.createTempDirectory("homeport-fuzz").resolve("record");
        RecordFile.write(file, record);
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        RecordFile.write(file, record, new AsForeseen(foreseen()));
        byte[] remainder = Files.readAllBytes(file);
        Files.delete(file);
        Files.delete(file.getParent());
        return Stream.of(bytes, remainder);
    }

    private static ServiceRecord foreseen() {
        InetSocketAddress address = new InetSocketAddress("10.0.0.1", 8080);
        return new ServiceRecord(-1L, 2, "shop", "beta", "alpha", 1234, 3, null, List.of(
                new ServiceRecord.Item(StreamState.connection(43, "alpha", StreamKind.TCP, address, address, SocketOptions.NONE), List.of(17), -1)),
                List.of(), List.of(new Descriptor(17, 02004002, List.of(new EpollRegistration(5, 17, 0x80000019, -2)))));
    }

    @MethodSource
    @FuzzTest
    void shouldReadOrRefuse(byte[] file) {
        Cost.bounded(file.length, () -> {
            try {
                byte[] written = encoded(RecordFile.decode(new UnsafeBuffer(file), "record", RecordFileFuzzTest::foreseen));
                assertThat(encoded(RecordFile.decode(new UnsafeBuffer(written), "what was written", null))).isEqualTo(written);
            } catch (IOException refused) {
                assertThat(refused).hasMessageStartingWith("record is no record of a service: ");
            }
        });
    }

    private static byte[] encoded(ServiceRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RecordFile.encode(new AsForeseen.Remainder(null, null, record), out);
        return out.toByteArray();
    }
}

package io.homeport.bench.idle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

    @Test
    void shouldSayNothingButPingsAndTellAWrongAnswer() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                IdleConnections connections = new IdleConnections()) {
            connections.open((InetSocketAddress) listener.getLocalAddress(), 1);
            CompletableFuture<Void> service = CompletableFuture.runAsync(() -> serve(listener));
            connections.ping();
            assertThatThrownBy(connections::ping).hasMessageContaining("answer 6 instead of 1");
            assertThatThrownBy(connections::ping).hasMessageContaining("closed");
            service.join();
        }
    }

    /** A right answer, a wrong one, none. */
    private void serve(ServerSocketChannel listener) {
        try (SocketChannel channel = listener.accept()) {
            for (long added : new long[] {0, 5}) {
                channel.read(number.clear());
                channel.write(number.putLong(0, number.getLong(0) + added).flip());
            }
            channel.read(number.clear());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}

package io.homeport.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.bench.contender.NettyRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client and server of {@code homeport bench relay}, over loopback in this JVM. */
class LoadProgramsTest {
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        start(() -> LoadServer.serve(listener));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDoEveryWork(Work work) throws Exception {
        Outcome outcome = LoadClient.run(order(work, (InetSocketAddress) listener.getLocalAddress()));
        assertThat(outcome.units()).isPositive();
        assertThat(outcome.ns()).isPositive();
        boolean messages = work.kind() == Work.Kind.MESSAGES;
        assertThat(outcome.waits().getTotalCount()).isEqualTo(messages ? outcome.units() : 0);
        assertThat(Outcome.parse(outcome.line())).isEqualTo(outcome);
    }

    @ParameterizedTest
    @EnumSource
    void shouldDoEveryWorkThroughTheNettyRelay(Work work) throws Exception {
        InetSocketAddress server = (InetSocketAddress) listener.getLocalAddress();
        int port = freePort();
        Thread relay = start(() -> NettyRelay.main(
                new String[] {Integer.toString(port), server.getAddress().getHostAddress(), Integer.toString(server.getPort())}));
        InetSocketAddress address = new InetSocketAddress(server.getAddress(), port);
        awaitListening(address);
        assertThat(LoadClient.run(order(work, address)).units()).isPositive();
        relay.interrupt();
    }

    @Test
    void shouldSayWhatFailedInOneLine() throws IOException {
        InetSocketAddress server = (InetSocketAddress) listener.getLocalAddress();
        listener.close();
        String line = Outcome.failure(new IOException("refused\nby " + server));
        assertThatThrownBy(() -> Outcome.parse(line)).isInstanceOf(IllegalStateException.class).hasMessageContaining("refused by");
    }

    @Test
    void shouldWriteOrdersThatItReads() {
        Order order = Order.of(Work.PACED, new InetSocketAddress("127.0.0.1", 7), 200, 1_000);
        assertThat(Order.parse(order.line())).isEqualTo(order);
        assertThatThrownBy(() -> Order.parse("PING")).hasMessageContaining("no order: PING");
    }

    private static Order order(Work work, InetSocketAddress address) {
        return Order.of(work, address, 50, 1_000);
    }

    private interface Program {
        void run() throws IOException, InterruptedException;
    }

    private static Thread start(Program program) {
        Thread thread = new Thread(() -> {
            try {
                program.run();
            } catch (AsynchronousCloseException | InterruptedException theEnd) {
                // The test is over.
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static int freePort() throws IOException {
        try (ServerSocketChannel probe = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return ((InetSocketAddress) probe.getLocalAddress()).getPort();
        }
    }

    private static void awaitListening(InetSocketAddress address) throws InterruptedException {
        for (int tries = 0; tries < 1_000; tries++) {
            try {
                SocketChannel.open(address).close();
                return;
            } catch (IOException notYet) {
                Thread.sleep(10);
            }
        }
        throw new AssertionError("nothing listens on " + address);
    }
}

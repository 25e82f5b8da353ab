package io.homeport.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.bench.datapath.RelayPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

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
    @MethodSource("everyWorkThroughEveryRelay")
    void shouldDoEveryWorkThroughEveryRelay(RelayPrograms program, Work work) throws Exception {
        try (RelayPrograms.Started relay = program.start((InetSocketAddress) listener.getLocalAddress())) {
            assertThat(LoadClient.run(order(work, relay.address())).units()).isPositive();
        }
    }

    static Stream<Arguments> everyWorkThroughEveryRelay() {
        return Stream.of(RelayPrograms.values())
                .flatMap(program -> Stream.of(Work.values()).map(work -> Arguments.of(program, work)));
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
        void run() throws IOException;
    }

    private static void start(Program program) {
        Thread thread = new Thread(() -> {
            try {
                program.run();
            } catch (AsynchronousCloseException theEnd) {
                // The test is over.
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}

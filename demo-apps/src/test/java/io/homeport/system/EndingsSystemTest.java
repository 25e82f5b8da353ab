package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.homeport.workload.service.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How connections end: half-closed before, during and after moves, reset by either side, closed with and without linger; and
 * urgent data. Many connections, one service, one way round.
 */
@ExtendWith(HarbourExtension.class)
class EndingsSystemTest {
    private static final int BYTES = 5_000;

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldEndEachConnectionAsItWouldHaveEndedAtHome(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            Connections open = new Connections(move, harbour);

            ManualConnection halfByClient = open.one();
            halfByClient.send(BYTES);
            halfByClient.socket().shutdownOutput();
            ManualConnection halfByService = open.one();
            halfByService.serviceSends(BYTES);
            halfByService.service("shutdown-output", "");
            ManualConnection resetUnread = open.one();
            resetUnread.send(BYTES);
            resetUnread.socket().setSoLinger(true, 0);
            List<ManualConnection> resetBefore = open.some(2);
            for (ManualConnection connection : resetBefore) {
                connection.send(BYTES);
                connection.socket().setSoLinger(true, 0);
                connection.socket().close();
            }
            List<ManualConnection> onBeta = open.some(12);
            List<ManualConnection> onGamma = open.some(12);
            List<ManualConnection> atHome = open.some(12);

            move.along(Harbour.BETA);
            halfByClient.serviceReads(0, BYTES);
            halfByClient.serviceReadsEnd();
            halfByClient.serviceSends(BYTES);
            halfByClient.read(0, BYTES);
            assertThat(awaitReset(resetBefore.get(0))).contains("Connection reset");
            endAll(onBeta);

            move.along(Harbour.GAMMA);
            halfByService.read(0, BYTES);
            assertThat(halfByService.readOne()).isEqualTo("end");
            halfByService.send(BYTES);
            halfByService.serviceReads(0, BYTES);
            halfByService.socket().shutdownOutput();
            halfByService.serviceReadsEnd();
            resetUnread.socket().close();
            assertThat(awaitReset(resetUnread)).contains("Connection reset");
            assertThat(awaitReset(resetBefore.get(1))).contains("Connection reset");
            endAll(onGamma);

            move.along(Harbour.ALPHA);
            halfByClient.serviceSends(BYTES);
            halfByClient.read(BYTES, BYTES);
            halfByClient.service("close", "");
            assertThat(halfByClient.readOne()).isEqualTo("end");
            endAll(atHome);
            move.check();
            open.closeAll();
        }
    }

    /** Each of a dozen connections ends in another way. */
    private static void endAll(List<ManualConnection> connections) throws Exception {
        clientCloses(connections.get(0));
        serviceCloses(connections.get(1));
        clientResets(connections.get(2));
        serviceResets(connections.get(3));
        serviceResetsByClosingUnread(connections.get(4));
        serviceClosesWithLinger(connections.get(5));
        clientClosesWithLinger(connections.get(6));
        clientIsUrgent(connections.get(7));
        serviceIsUrgent(connections.get(8));
        serviceShutsInput(connections.get(9));
        serviceHalfCloses(connections.get(10));
        serviceWritesToAResetPeer(connections.get(11));
    }

    private static void clientCloses(ManualConnection c) throws Exception {
        c.send(BYTES);
        c.socket().close();
        c.serviceReads(0, BYTES);
        c.serviceReadsEnd();
    }

    private static void serviceCloses(ManualConnection c) throws Exception {
        c.serviceSends(BYTES);
        c.service("close", "");
        c.read(0, BYTES);
        assertThat(c.readOne()).isEqualTo("end");
    }

    private static void clientResets(ManualConnection c) throws Exception {
        c.serviceSends(BYTES);
        c.read(0, BYTES);
        c.socket().setSoLinger(true, 0);
        c.socket().close();
        assertThat(awaitReset(c)).contains("Connection reset");
    }

    private static void serviceResets(ManualConnection c) {
        c.service("linger", "0");
        c.service("close", "");
        assertThat(c.readOne()).contains("Connection reset");
    }

    /**
     * The kernel resets a connection that is closed with unread bytes in its queue (RFC 2525, 2.17); Java ends the stream
     * just before (NioSocketImpl.close: SHUT_WR), so the reset shows when the peer sends.
     */
    private static void serviceResetsByClosingUnread(ManualConnection c) throws Exception {
        c.send(BYTES);
        c.serviceReads(0, 1);
        c.service("close", "");
        assertThat(c.readOne()).matches("end|Connection reset");
        await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThatIOException().isThrownBy(() -> c.send(1)));
    }

    private static void serviceClosesWithLinger(ManualConnection c) throws Exception {
        c.service("linger", "5");
        c.serviceSends(BYTES);
        c.service("close", "");
        c.read(0, BYTES);
        assertThat(c.readOne()).isEqualTo("end");
    }

    private static void clientClosesWithLinger(ManualConnection c) throws Exception {
        c.socket().setSoLinger(true, 5);
        c.send(BYTES);
        c.socket().close();
        c.serviceReads(0, BYTES);
        c.serviceReadsEnd();
    }

    private static void clientIsUrgent(ManualConnection c) throws Exception {
        c.service("inline-urgent", "");
        c.socket().sendUrgentData(42);
        assertThat(c.service("read-byte", "")).isEqualTo("42");
    }

    private static void serviceIsUrgent(ManualConnection c) throws Exception {
        c.socket().setOOBInline(true);
        c.service("urgent", "43");
        assertThat(c.readOne()).isEqualTo("byte 43");
    }

    private static void serviceShutsInput(ManualConnection c) throws Exception {
        c.service("shutdown-input", "");
        assertThat(c.tellService("read-byte", "")).contains("Socket input is shutdown");
        c.serviceSends(BYTES);
        c.read(0, BYTES);
    }

    private static void serviceHalfCloses(ManualConnection c) throws Exception {
        c.service("shutdown-output", "");
        assertThat(c.readOne()).isEqualTo("end");
        c.send(BYTES);
        c.serviceReads(0, BYTES);
    }

    private static void serviceWritesToAResetPeer(ManualConnection c) throws Exception {
        c.send(BYTES);
        c.socket().setSoLinger(true, 0);
        c.socket().close();
        String answer = "";
        for (int attempt = 0; attempt < 100 && !answer.startsWith("error"); attempt++) {
            answer = c.tellService("write", "0 1000");
            Thread.sleep(20);
        }
        assertThat(answer).containsAnyOf("Connection reset", "Broken pipe");
    }

    /** A reset takes a moment to arrive; bytes that came before it may be read until then. */
    private static String awaitReset(ManualConnection c) {
        return c.tellService("read", "0 1000000");
    }

    /** Opens connections and closes the test's ends of all of them. */
    private record Connections(Move move, Harbour harbour, List<ManualConnection> opened) {
        Connections(Move move, Harbour harbour) {
            this(move, harbour, new ArrayList<>());
        }

        ManualConnection one() throws Exception {
            ManualConnection connection =
                    ManualConnection.open(move.service(), harbour.address(Harbour.ALPHA), move.fleet().nextSeed());
            opened.add(connection);
            return connection;
        }

        List<ManualConnection> some(int count) throws Exception {
            List<ManualConnection> some = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                some.add(one());
            }
            return some;
        }

        void closeAll() throws Exception {
            for (ManualConnection connection : opened) {
                connection.close();
            }
        }
    }
}

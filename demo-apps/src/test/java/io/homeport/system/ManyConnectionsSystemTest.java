package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.service.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two hundred connections at once, buffers full and empty, and slow readers among them that must not stall the others; and thousands, each
 * checked: {@code -Dhomeport.system.crowd=N} for as many as wanted.
 */
@ExtendWith(HarbourExtension.class)
class ManyConnectionsSystemTest {
    private static final int IDLE = 160;
    private static final int ACTIVE = 34;
    private static final int FLOODS = 2;
    private static final int CROWD = Integer.getInteger("homeport.system.crowd", 2_000);
    private static final int BYTES = 100;
    /** Each of them a round trip of what every other connection had in flight; the slow readers' buffers stay full meanwhile. */
    private static final int TURNS = 10;

    @Test
    void shouldKeepTwoHundredConnections(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            move.connect("selector", Pace.IDLE, IDLE / 2);
            move.connect("socket", Pace.IDLE, IDLE / 2);
            move.connect("selector", Pace.ACTIVE, ACTIVE / 2);
            move.connect("channel", Pace.ACTIVE, ACTIVE / 2);
            move.connect("selector", Pace.FLOOD, FLOODS);
            List<CheckedClient> slow = slowReaders(move, harbour);
            assertThat(move.fleet().size()).isEqualTo(200);
            for (String node : Move.ROUND) {
                move.along(node);
                for (int turn = 1; turn <= TURNS; turn++) {
                    move.fleet().assertProgress("on " + node + " with slow readers beside them, turn " + turn);
                }
            }
            slow.forEach(client -> client.readPauseMs(0));
            move.check();
        }
    }

    @Test
    void shouldKeepThousandsOfConnectionsThereAndHome(Harbour harbour) throws Exception {
        // The service has 16 KB for each.
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class).withOptions("-Xmx512m"));
                Crowd crowd = new Crowd(new InetSocketAddress(harbour.address(Harbour.ALPHA), move.service().port("selector")), CROWD,
                        move.fleet()::nextSeed)) {
            for (String node : Move.ROUND) {
                crowd.send(1, BYTES);
                crowd.awaitAnswers("before the move to " + node);
                CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendMeanwhile(crowd));
                move.service().moveTo(node);
                sending.get();
                crowd.awaitAnswers("sent during the move to " + node);
            }
            crowd.send(1, BYTES);
            crowd.awaitAnswers("at home");
            assertThat(move.service().complaints()).as("what the service ran into").isEqualTo("[]");
        }
    }

    /** Some of them, at moments before, in and after the freeze. */
    private static void sendMeanwhile(Crowd crowd) {
        try {
            for (int every : new int[] {7, 11, 5, 13, 3}) {
                TimeUnit.MILLISECONDS.sleep(400);
                crowd.send(every, BYTES);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Peers that take next to nothing of the much that is sent to them. */
    private static List<CheckedClient> slowReaders(Move move, Harbour harbour) throws Exception {
        List<CheckedClient> slow = new ArrayList<>();
        for (String kind : List.of("selector", "selector", "asynchronous", "channel")) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(16 * 1024);
            socket.connect(new InetSocketAddress(harbour.address(Harbour.ALPHA), move.service().port(kind)));
            Hello hello = new Hello(Hello.Mode.SOURCE, move.fleet().nextSeed(), 20_000_000);
            CheckedClient client = move.fleet().add("slow reader " + kind, socket, hello, Pace.IDLE);
            client.readPauseMs(500);
            slow.add(client);
        }
        return slow;
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.service.Service;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two hundred connections at once, buffers full and empty, and slow readers among them that must not stall the others. */
@ExtendWith(HarbourExtension.class)
class ManyConnectionsSystemTest {
    private static final int IDLE = 160;
    private static final int ACTIVE = 34;
    private static final int FLOODS = 2;
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

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.service.Service;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads that are blocked in a call on a socket while the process moves: in accept (every listener's is), read, write and
 * select. The call returns on another node what it would have returned at home.
 */
@ExtendWith(HarbourExtension.class)
class BlockedThreadsSystemTest {
    private static final int BYTES = 100_000;
    private static final long SOURCE_BYTES = 12_000_000;
    private static final int LONG_MS = 30_000;

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldReturnFromEveryCallThatWasBlockedDuringTheMove(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            InetAddress alpha = harbour.address(Harbour.ALPHA);
            List<CheckedClient> writers = new ArrayList<>();
            for (String kind : List.of("socket", "channel", "selector", "asynchronous")) {
                writers.add(blockedWriter(move, alpha, kind));
            }
            for (String node : Move.ROUND) {
                ManualConnection reader = ManualConnection.open(move.service(), alpha, move.fleet().nextSeed());
                reader.service("begin-read", "0 " + BYTES);
                assertThat(reader.service("await", "50")).isEqualTo("blocked");
                move.along(node);
                assertThat(reader.service("await", "50")).as("read, moved to %s", node).isEqualTo("blocked");
                reader.send(BYTES);
                assertThat(reader.service("await", Integer.toString(LONG_MS))).as("read on %s", node).isEqualTo("right " + BYTES);
                reader.close();
                // Whoever was blocked in accept and select takes a new connection.
                for (String kind : List.of("socket", "timeout", "channel", "selector", "asynchronous")) {
                    move.fleet().connect(kind + " after the move to " + node, alpha, move.service().port(kind), Pace.ACTIVE);
                }
                move.fleet().assertProgress("of new connections on " + node);
            }
            writers.forEach(writer -> writer.readPauseMs(0));
            move.check();
        }
    }

    /** The client reads next to nothing, so the service's thread sits in write with full buffers. */
    private static CheckedClient blockedWriter(Move move, InetAddress alpha, String kind) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.connect(new InetSocketAddress(alpha, move.service().port(kind)));
        Hello hello = new Hello(Hello.Mode.SOURCE, move.fleet().nextSeed(), SOURCE_BYTES);
        CheckedClient client = move.fleet().add("blocked writer " + kind, socket, hello, Pace.IDLE);
        client.readPauseMs(1_000);
        return client;
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.service.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Listeners stay open: connections made at any moment, the process being on the road or not, are never refused, are accepted
 * with the addresses of their real ends, and keep every byte.
 */
@ExtendWith(HarbourExtension.class)
class ListenersSystemTest {
    private static final List<String> KINDS = List.of("socket", "timeout", "channel", "selector", "asynchronous");
    private static final int CONNECT_TIMEOUT_MS = 30_000;
    private static final int PAUSE_MS = 100;
    /** On one hop: more would slow the machine down, and the move with it, which would bring more. */
    private static final int MOST = 60;

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldAcceptWhoeverConnectsOnTheRoad(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            for (String node : Move.ROUND) {
                AtomicBoolean arrived = new AtomicBoolean();
                CompletableFuture<List<CheckedClient>> callers =
                        CompletableFuture.supplyAsync(() -> keepConnecting(move, harbour, arrived));
                move.along(node);
                arrived.set(true);
                List<CheckedClient> connected = callers.get();
                assertThat(connected).hasSizeGreaterThanOrEqualTo(KINDS.size());
                System.out.println(connected.size() + " connected on the way to " + node);
                move.fleet().assertProgress("of those who connected on the way to " + node);
                assertAddresses(move, connected);
            }
            move.check();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldMakeTheNodeWhereTheProcessIsTheOriginOfANewListener(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            move.along(Harbour.BETA);
            String port = move.service().ask("listen");
            Socket toBeta = new Socket(harbour.address(Harbour.BETA), Integer.parseInt(port));
            Hello hello = new Hello(Hello.Mode.REPLY, move.fleet().nextSeed(), 0);
            move.fleet().add("opened on beta", toBeta, hello, Pace.ACTIVE);
            move.connect("socket");
            move.along(Harbour.GAMMA);
            move.fleet().connect("opened on beta, reached from gamma", harbour.address(Harbour.BETA), Integer.parseInt(port), Pace.ACTIVE);
            move.along(Harbour.ALPHA);
            move.fleet().connect("opened on beta, reached at home", harbour.address(Harbour.BETA), Integer.parseInt(port), Pace.ACTIVE);
            move.fleet().assertProgress("of the sockets whose origin is beta");
            move.check();
        }
    }

    private static List<CheckedClient> keepConnecting(Move move, Harbour harbour, AtomicBoolean arrived) {
        List<CheckedClient> connected = new ArrayList<>();
        try {
            for (int i = 0; !arrived.get() && i < MOST || i < KINDS.size(); i++) {
                String kind = KINDS.get(i % KINDS.size());
                InetAddress host = i % 3 == 0 ? harbour.address6(Harbour.ALPHA) : harbour.address(Harbour.ALPHA);
                Socket socket = new Socket();
                socket.connect(new InetSocketAddress(host, move.service().port(kind)), CONNECT_TIMEOUT_MS);
                Hello hello = new Hello(Hello.Mode.REPLY, move.fleet().nextSeed(), 0);
                connected.add(move.fleet().add(kind + " on the road " + i, socket, hello, i < KINDS.size() ? Pace.ACTIVE : Pace.IDLE));
                Thread.sleep(PAUSE_MS);
            }
            return connected;
        } catch (IOException | InterruptedException refused) {
            throw new IllegalStateException("connection " + connected.size() + " was refused", refused);
        }
    }

    private static void assertAddresses(Move move, List<CheckedClient> connected) {
        for (CheckedClient client : connected) {
            Socket socket = client.socket();
            String told = move.service().ask("describe " + Long.toHexString(client.hello().seed()));
            assertThat(told).as(client.toString())
                    .contains("remote=/" + text(socket.getLocalAddress()) + ":" + socket.getLocalPort())
                    .contains("local=/" + text(socket.getInetAddress()) + ":" + socket.getPort());
        }
    }

    /** As Java prints the address of a socket: an IPv6 one in brackets, without a scope. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return text.contains(":") ? "[" + text + "]" : text;
    }
}

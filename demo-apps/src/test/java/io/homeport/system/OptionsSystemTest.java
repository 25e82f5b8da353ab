package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.service.Service;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Addresses and options that the application reads stay what they were; those that it sets take effect on the real socket, as
 * {@code ss} at the origin shows; sockets opened after a move belong to the node where the process is.
 */
@ExtendWith(HarbourExtension.class)
class OptionsSystemTest {
    private static final List<String> KINDS = List.of("socket", "channel", "selector", "asynchronous");

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldKeepAddressesAndOptions(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            MovedService service = move.service();
            Map<String, CheckedClient> clients = new LinkedHashMap<>();
            for (String kind : KINDS) {
                for (CheckedClient client : move.connect(kind, Pace.IDLE, 2)) {
                    clients.put(name(client), client);
                }
            }
            move.fleet().connect("active", harbour.address(Harbour.ALPHA), service.port("socket"), Pace.ACTIVE);
            Map<String, String> before = new LinkedHashMap<>();
            int turn = 0;
            for (String name : clients.keySet()) {
                awaitKnown(service, name);
                if (turn++ % 2 == 0) {
                    set(service, name);
                }
                // These two follow the traffic by themselves (tcp_moderate_rcvbuf) unless they are set.
                service.ask("set " + name + " SO_RCVBUF 131072");
                service.ask("set " + name + " SO_SNDBUF 65536");
                before.put(name, service.ask("describe " + name));
            }
            for (String node : Move.ROUND) {
                move.along(node);
                before.forEach((name, told) ->
                        assertThat(service.ask("describe " + name)).as("on %s, %s", node, clients.get(name)).isEqualTo(told));
            }
            move.check();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldSetOptionsOnTheRealSocketAfterTheMove(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            MovedService service = move.service();
            Map<String, CheckedClient> clients = new LinkedHashMap<>();
            for (String kind : KINDS) {
                CheckedClient client = move.connect(kind, Pace.IDLE, 1).get(0);
                clients.put(name(client), client);
                awaitKnown(service, name(client));
            }
            move.along(Harbour.BETA);
            for (Map.Entry<String, CheckedClient> entry : clients.entrySet()) {
                service.ask("set " + entry.getKey() + " SO_KEEPALIVE true");
                service.ask("set " + entry.getKey() + " TCP_KEEPIDLE 1234");
                int port = entry.getValue().socket().getLocalPort();
                awaitSocketAtAlpha(harbour, port, "timer:(keepalive,20min");
                if (service.ask("describe " + entry.getKey()).contains("IP_TOS=")) {
                    service.ask("set " + entry.getKey() + " IP_TOS 16");
                    awaitSocketAtAlpha(harbour, port, "0x10");
                }
            }
            move.along(Harbour.GAMMA, Harbour.ALPHA);
            for (Map.Entry<String, CheckedClient> entry : clients.entrySet()) {
                assertThat(service.ask("describe " + entry.getKey())).contains("SO_KEEPALIVE=true", "TCP_KEEPIDLE=1234");
                awaitSocketAtAlpha(harbour, entry.getValue().socket().getLocalPort(), "timer:(keepalive,20min");
            }
            move.check();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldOpenNewSocketsWhereTheProcessIs(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class));
                ServerSocket outside = new ServerSocket(0)) {
            for (String node : Move.ROUND) {
                move.along(node);
                String name = Long.toHexString(move.fleet().nextSeed());
                String local = move.service().ask("connect " + name + " " + harbour.hostAddress() + " " + outside.getLocalPort());
                try (Socket accepted = outside.accept()) {
                    assertThat(accepted.getInetAddress()).as("who connects from %s", node).isEqualTo(harbour.address(node));
                    assertThat(local).isEqualTo(harbour.address(node).getHostAddress() + " " + accepted.getPort());
                }
            }
            move.check();
        }
    }

    private static String name(CheckedClient client) {
        return Long.toHexString(client.hello().seed());
    }

    private static void awaitKnown(MovedService service, String name) throws InterruptedException {
        while (service.ask("has " + name).equals("false")) {
            Thread.sleep(10);
        }
    }

    private static void set(MovedService service, String name) {
        service.ask("set " + name + " SO_KEEPALIVE true");
        service.ask("set " + name + " TCP_NODELAY true");
        service.ask("set " + name + " TCP_KEEPIDLE 77");
        service.ask("set " + name + " TCP_KEEPINTERVAL 7");
        service.ask("set " + name + " TCP_KEEPCOUNT 5");
        // Not among what an asynchronous channel supports.
        if (service.ask("describe " + name).contains("IP_TOS=")) {
            service.ask("set " + name + " IP_TOS 24");
        }
    }

    /** The change reaches the origin a moment after the application's call has returned. */
    private static void awaitSocketAtAlpha(Harbour harbour, int clientPort, String... signs) throws Exception {
        String told = "";
        for (int attempt = 0; attempt < 40; attempt++) {
            told = harbour.shell(Harbour.ALPHA, "ss -tnoie --tos state established dport = :" + clientPort).output();
            if (List.of(signs).stream().allMatch(told::contains)) {
                return;
            }
            Thread.sleep(100);
        }
        assertThat(told).as("the real socket at alpha").contains(signs);
    }
}

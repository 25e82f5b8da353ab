package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.system.thirdparty.ThirdPartyService;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connects that are under way while the process moves, in every way in which a thread can wait for one: nothing has been
 * exchanged yet, so they go on from the node where the process is then.
 */
@ExtendWith(HarbourExtension.class)
class ConnectingSystemTest {
    private static final List<String> KINDS = List.of("socket", "timeout", "channel", "selector", "asynchronous");
    private static final int LONG_MS = 60_000;
    /** Without the words if the freeze meets it before the JDK has begun to connect (SocksSocketImpl.remainingMillis). */
    private static final String TIMED_OUT = "java.net.SocketTimeoutException(: Connect timed out)?";

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldConnectFromWhereTheProcessIs(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, ThirdPartyService.class));
                FullListener early = new FullListener(harbour.hostAddress());
                FullListener late = new FullListener(harbour.hostAddress());
                FullListener refusing = new FullListener(harbour.hostAddress())) {
            move.connect("netty-epoll");
            List<String> atHome = connect(move, harbour, early);
            List<String> away = connect(move, harbour, late);
            List<String> inVain = connect(move, harbour, refusing);
            List<String> unconnected = List.of(open(move, -1), open(move, 0));
            assertThat(move.service().tryMoveTo(Harbour.BETA, "--dry-run").output())
                    .contains("connecting, connects anew from the destination", "to " + harbour.hostAddress() + ":" + late.port());

            try (Sniper sniper = Sniper.aim(harbour, Harbour.BETA, " restore ")) {
                assertThat(move.service().tryMoveTo(Harbour.BETA).status()).as("rolled back by %s", sniper).isNotZero();
            }
            early.answer(KINDS.size() + 1, harbour.address(Harbour.ALPHA));
            expect(move, atHome, "right " + harbour.address(Harbour.ALPHA).getHostAddress());
            expectNetty(move, early, "right");
            expectBlocked(move, away);

            move.along(Harbour.BETA);
            expectBlocked(move, inVain);
            String beta = harbour.address(Harbour.BETA).getHostAddress();
            unconnected.forEach(name -> exchange(move, harbour, name, late, "opened"));
            late.answer(KINDS.size() + 1 + unconnected.size(), harbour.address(Harbour.BETA));
            expect(move, away, "right " + beta);
            expectNetty(move, late, "right");
            expect(move, unconnected, "kept right " + beta);
            refusing.close();
            expect(move, inVain, "java.net.ConnectException: Connection refused");
            expectNetty(move, refusing, "Connection refused");
            move.check();
        }
    }

    /** Pools of connections do so whose server is gone: whatever moment the freeze meets, nobody sees anything but that. */
    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldMoveWhatTriesToConnectForever(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, ThirdPartyService.class));
                FullListener silent = new FullListener(harbour.hostAddress());
                ServerSocket refusing = new ServerSocket(0, 1, InetAddress.getByName(harbour.hostAddress()))) {
            refusing.close();
            move.connect("netty-epoll");
            Map<String, String> tries = new LinkedHashMap<>();
            for (String kind : KINDS) {
                tries.put(retry(move, harbour, refusing.getLocalPort(), kind), "java.net.ConnectException: Connection refused");
            }
            tries.put(retry(move, harbour, silent.port(), "impatient"), TIMED_OUT);
            move.along(Harbour.BETA, Harbour.GAMMA);
            tries.forEach((name, outcome) -> {
                String outcomes = move.service().ask("retried " + name);
                String counted = outcome + "=[0-9]+";
                assertThat(outcomes).matches("\\{" + counted + "(, " + counted + ")*\\}");
                System.out.println("tried: " + outcomes);
            });
            move.check();
        }
    }

    private static String retry(Move move, Harbour harbour, int port, String kind) {
        String name = Long.toHexString(move.fleet().nextSeed());
        move.service().ask("begin-retry " + name + " " + harbour.hostAddress() + " " + port + " " + kind);
        return name;
    }

    private static List<String> connect(Move move, Harbour harbour, FullListener listener) {
        List<String> names = new ArrayList<>();
        for (String kind : KINDS) {
            String name = Long.toHexString(move.fleet().nextSeed());
            exchange(move, harbour, name, listener, kind);
            names.add(name);
        }
        assertThat(move.service().ask("client " + netty(listener) + " netty-connect " + harbour.hostAddress() + " " + listener.port() + " "
                + Long.toHexString(move.fleet().nextSeed()))).isEqualTo("blocked");
        expectBlocked(move, names);
        return names;
    }

    private static void exchange(Move move, Harbour harbour, String name, FullListener listener, String kind) {
        move.service().ask("begin-exchange " + name + " " + harbour.hostAddress() + " " + listener.port() + " " + kind);
    }

    private static String open(Move move, int port) {
        String name = Long.toHexString(move.fleet().nextSeed());
        move.service().ask("open-socket " + name + " " + port);
        return name;
    }

    private static void expectBlocked(Move move, List<String> names) {
        names.forEach(name -> assertThat(move.service().ask("await " + name + " 10")).isEqualTo("blocked"));
    }

    private static String netty(FullListener listener) {
        return "netty-to-" + listener.port();
    }

    private static void expectNetty(Move move, FullListener listener, String result) {
        assertThat(move.service().ask("client-stop " + netty(listener))).contains(result);
    }

    private static void expect(Move move, List<String> names, String result) {
        names.forEach(name -> assertThat(move.service().ask("await " + name + " " + LONG_MS)).isEqualTo(result));
    }
}

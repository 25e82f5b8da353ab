package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.lab.LabNode;
import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.Hello;
import io.homeport.workload.service.Service;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The daemons at the origin and at the destination are killed by SIGKILL at random moments, also while they start, under a checksummed
 * load of both directions: every connection goes on, every byte comes once. {@code -Dhomeport.system.kills=1000} for a long run.
 */
@ExtendWith(HarbourExtension.class)
class KilledDaemonSystemTest {
    private static final int KILLS = Integer.getInteger("homeport.system.kills", 5);
    /** A daemon is up after 3 s on an idle machine: one kill in three comes at any moment, mostly while one starts or recovers. */
    private static final int LONGEST_PAUSE_MS = 3_000;
    /** The others come when it runs and its streams flow. */
    private static final int LONGEST_RUN_MS = 1_000;

    private static final int LOOK_EVERY = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldLoseNoByteAndNoConnectionWhenDaemonsAreKilled(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            connectAll(move, harbour);
            move.along(Harbour.BETA);
            killOften(move, harbour, List.of(Harbour.ALPHA, Harbour.BETA), KILLS);
            move.connect("selector");
            move.along(Harbour.GAMMA);
            killOften(move, harbour, List.of(Harbour.ALPHA, Harbour.GAMMA), 1);
            move.along(Harbour.ALPHA);
            move.check();
        }
    }

    @Test
    void shouldLoseNoByteAndNoConnectionWhenDaemonsAreUpgraded(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            connectAll(move, harbour);
            move.along(Harbour.BETA);
            for (String node : List.of(Harbour.ALPHA, Harbour.BETA, Harbour.ALPHA)) {
                long before = harbour.node(node).daemon().hostPid().orElseThrow();
                Harbour.Ended ended = harbour.homeport(node, "node", "--upgrade");
                System.out.print(ended.output());
                assertThat(ended.status()).as(ended.output()).isZero();
                assertThat(ended.output()).contains("node " + node + ": version ", " has taken over from ");
                look(move, harbour, List.of(Harbour.ALPHA, Harbour.BETA), "the upgrade of " + node);
                assertThat(harbour.node(node).daemon().hostPid()).hasValueSatisfying(now -> assertThat(now).isNotEqualTo(before));
            }
            move.along(Harbour.ALPHA);
            move.check();
        }
    }

    /** As when its disk is full or its port is taken: the keeper tries again, and what was kept is still there. */
    @Test
    void shouldLoseNoConnectionWhenTheNextDaemonCannotStartAtOnce(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            connectAll(move, harbour);
            move.along(Harbour.BETA);
            LabNode alpha = harbour.node(Harbour.ALPHA);
            Path arrivals = alpha.inside("/run/homeport/state/arrivals");
            Path aside = arrivals.resolveSibling("arrivals-aside");
            Files.move(arrivals, aside);
            Files.createFile(arrivals);
            assertThat(alpha.daemon().kill()).isTrue();
            await("starts that fail").atMost(PATIENCE).until(() -> Files.readString(alpha.log()).split("ended with status 1", -1).length > 2);
            Files.delete(arrivals);
            Files.move(aside, arrivals);
            look(move, harbour, List.of(Harbour.ALPHA, Harbour.BETA), "starts that failed");
            move.along(Harbour.ALPHA);
            move.check();
        }
    }

    private static void connectAll(Move move, Harbour harbour) throws Exception {
        for (String kind : List.of("socket", "channel", "selector", "asynchronous")) {
            move.connect(kind);
        }
        move.connect("selector", Pace.FLOOD, 2);
        move.connect("socket", Pace.IDLE, 20);
        Socket socket = new Socket(harbour.address(Harbour.ALPHA), move.service().port("socket"));
        move.fleet().add("slow reader", socket, new Hello(Hello.Mode.SOURCE, move.fleet().nextSeed(), 20_000_000), Pace.IDLE).readPauseMs(20);
    }

    private static void killOften(Move move, Harbour harbour, List<String> nodes, int kills) throws Exception {
        Random random = new Random(move.fleet().nextSeed());
        long beganNs = System.nanoTime();
        int done = 0;
        while (done < kills) {
            LabNode node = harbour.node(nodes.get(random.nextInt(nodes.size())));
            if (random.nextInt(3) == 0) {
                Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
            } else {
                node.daemon().awaitAnswer(PATIENCE);
                Thread.sleep(random.nextInt(LONGEST_RUN_MS));
            }
            if (node.daemon().kill() && ++done % LOOK_EVERY == 0) {
                look(move, harbour, nodes, done + " kills");
            }
        }
        look(move, harbour, nodes, done + " kills");
        System.out.printf("%d kills at %s in %d s: every connection goes on%n", done, nodes, (System.nanoTime() - beganNs) / 1_000_000_000);
    }

    private static void look(Move move, Harbour harbour, List<String> nodes, String when) {
        for (String node : nodes) {
            harbour.node(node).daemon().awaitLinks(PATIENCE);
            assertThat(harbour.node(node).daemon().status().orElseThrow().keeper()).isEqualTo("own");
        }
        move.fleet().assertProgress("after " + when);
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.service.Service;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The daemon of the source is killed by SIGKILL at random moments of a move: the service runs on at the source, or goes on to the
 * destination if it had been given; in either case once, with all of its connections. {@code -Dhomeport.system.kills=N} for a long run.
 */
@ExtendWith(HarbourExtension.class)
class KilledSourceFaultTest {
    private static final int KILLS = Integer.getInteger("homeport.system.kills", 5);
    /** A move takes some seconds under load, the first of them to look for obstacles. */
    private static final int LONGEST_WAIT_MS = 4_000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldHaveOneCopyWithAllItsConnectionsWhenTheSourcesDaemonIsKilled(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            for (String kind : List.of("socket", "channel", "selector", "asynchronous")) {
                move.connect(kind);
            }
            move.connect("selector", Pace.FLOOD, 1);
            Random random = new Random(move.fleet().nextSeed());
            for (int kill = 1; kill <= KILLS; kill++) {
                killOnTheWay(move, harbour, random);
            }
            move.along(next(move.service().node()));
            move.check();
        }
    }

    private static void killOnTheWay(Move move, Harbour harbour, Random random) throws Exception {
        String source = move.service().node();
        String destination = next(source);
        CompletableFuture<Harbour.Ended> moving = CompletableFuture.supplyAsync(() -> tryMove(move, destination));
        int waitMs = random.nextInt(LONGEST_WAIT_MS);
        Thread.sleep(waitMs);
        harbour.node(source).daemon().kill();
        Harbour.Ended ended = moving.get();
        for (String node : Move.ROUND) {
            harbour.node(node).daemon().awaitLinks(PATIENCE);
        }
        await("one copy of " + move.service().name()).atMost(PATIENCE).until(() -> nodesOf(move, harbour).size() == 1);
        String found = nodesOf(move, harbour).get(0);
        System.out.printf("killed at %s after %d ms of a move to %s: it runs at %s (%s)%n", source, waitMs, destination, found,
                ended.output().strip().lines().findFirst().orElse(""));
        assertThat(found).isIn(source, destination);
        move.service().hasArrivedAt(found);
        move.fleet().assertProgress("after the daemon of " + source + " was killed on the way to " + destination);
    }

    private static List<String> nodesOf(Move move, Harbour harbour) {
        return List.of(Move.ROUND).stream().filter(node -> isListed(move, harbour, node)).toList();
    }

    private static boolean isListed(Move move, Harbour harbour, String node) {
        try {
            return harbour.homeport(node, "ps").output().contains(move.service().name());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Harbour.Ended tryMove(Move move, String destination) {
        try {
            return move.service().tryMoveTo(destination);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String next(String node) {
        return node.equals(Harbour.ALPHA) ? Harbour.BETA : node.equals(Harbour.BETA) ? Harbour.GAMMA : Harbour.ALPHA;
    }
}

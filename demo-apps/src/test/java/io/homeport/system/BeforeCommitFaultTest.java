package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.lab.LabNode;
import io.homeport.workload.service.Service;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Failures before the commit, on the first hop and on the second: each leaves the service running where it was, with all of
 * its connections, and the command says which step failed. Afterwards the same service moves all the same.
 */
@ExtendWith(HarbourExtension.class)
class BeforeCommitFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Does something bad to a migration, and makes it good again. */
    private interface Fault {
        AutoCloseable begin() throws Exception;
    }

    @Test
    void shouldGoOnWhenTheDestinationIsDown(Harbour harbour) throws Exception {
        shouldGoOn(harbour, "prepare", destination -> () -> {
            destination.daemon().end("KILL");
            return () -> {
                destination.daemon().start();
                destination.daemon().awaitLinks(PATIENCE);
            };
        });
    }

    @Test
    void shouldGoOnWhenTheDestinationIsCutOff(Harbour harbour) throws Exception {
        shouldGoOn(harbour, "prepare", destination -> () -> {
            destination.plugged(false);
            return () -> {
                destination.plugged(true);
                destination.daemon().awaitLinks(PATIENCE);
            };
        });
    }

    @Test
    void shouldGoOnWhenTheCheckpointIsKilled(Harbour harbour) throws Exception {
        try (Move move = prepare(harbour)) {
            failing(move, Harbour.BETA, "checkpoint", () -> Sniper.aim(harbour, Harbour.ALPHA, " dump "));
            move.along(Harbour.BETA);
            failing(move, Harbour.GAMMA, "checkpoint", () -> Sniper.aim(harbour, Harbour.BETA, " dump "));
            move.along(Harbour.GAMMA, Harbour.ALPHA);
            move.check();
        }
    }

    @Test
    void shouldGoOnWhenTheRestoreIsKilled(Harbour harbour) throws Exception {
        try (Move move = prepare(harbour)) {
            failing(move, Harbour.BETA, "restore", () -> Sniper.aim(harbour, Harbour.BETA, " restore "));
            move.along(Harbour.BETA);
            failing(move, Harbour.GAMMA, "restore", () -> Sniper.aim(harbour, Harbour.GAMMA, " restore "));
            move.along(Harbour.GAMMA, Harbour.ALPHA);
            move.check();
        }
    }

    @Test
    void shouldGoOnWhenThereIsNoRoomAtTheSource(Harbour harbour) throws Exception {
        try (Move move = prepare(harbour)) {
            failing(move, Harbour.BETA, "", () -> noRoom(harbour, Harbour.ALPHA));
            move.along(Harbour.BETA);
            failing(move, Harbour.GAMMA, "", () -> noRoom(harbour, Harbour.BETA));
            move.along(Harbour.GAMMA, Harbour.ALPHA);
            move.check();
        }
    }

    @Test
    void shouldGoOnWhenThereIsNoRoomAtTheDestination(Harbour harbour) throws Exception {
        shouldGoOn(harbour, "", destination -> () -> noRoom(harbour, destination.name()));
    }

    /** The daemon of the destination is killed while it restores. */
    @Test
    void shouldGoOnWhenTheDestinationsDaemonDiesOnTheWay(Harbour harbour) throws Exception {
        try (Move move = prepare(harbour)) {
            LabNode beta = harbour.node(Harbour.BETA);
            failing(move, Harbour.BETA, "", () -> {
                Sniper sniper = Sniper.aim(harbour, Harbour.BETA, " restore ", "homeport.jar node");
                return () -> {
                    sniper.close();
                    beta.daemon().end("KILL");
                    beta.daemon().start();
                    beta.daemon().awaitLinks(PATIENCE);
                };
            });
            move.along(Move.ROUND);
            move.check();
        }
    }

    private static void shouldGoOn(Harbour harbour, String step, java.util.function.Function<LabNode, Fault> faultAt) throws Exception {
        try (Move move = prepare(harbour)) {
            failing(move, Harbour.BETA, step, faultAt.apply(harbour.node(Harbour.BETA)));
            move.along(Harbour.BETA);
            failing(move, Harbour.GAMMA, step, faultAt.apply(harbour.node(Harbour.GAMMA)));
            move.along(Harbour.GAMMA, Harbour.ALPHA);
            move.check();
        }
    }

    private static Move prepare(Harbour harbour) throws Exception {
        Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class));
        for (String kind : List.of("socket", "channel", "selector", "asynchronous")) {
            move.connect(kind);
        }
        return move;
    }

    private static void failing(Move move, String destination, String step, Fault fault) throws Exception {
        move.fleet().assertProgress("before a failure");
        Harbour.Ended ended;
        try (AutoCloseable made = fault.begin()) {
            assertThat(made).isNotNull();
            ended = move.service().tryMoveTo(destination);
            System.out.println("failed as wanted: " + ended.output().strip());
            assertThat(ended.status()).as(ended.output()).isNotZero();
            assertThat(ended.output()).as("says which step failed").contains(step);
            assertThat(ended.output()).as("names the destination").contains(destination);
            move.fleet().assertProgress("after the failure: " + ended.output());
        }
        move.fleet().assertProgress("after the failure was mended");
    }

    /** Leaves 4 MiB for images and journals. */
    private static AutoCloseable noRoom(Harbour harbour, String node) throws Exception {
        String script = "used=$(df --output=used -k /run | tail -1); mount -o remount,size=$((used + 4096))k /run";
        assertThat(harbour.shell(node, script).status()).isZero();
        return () -> assertThat(harbour.shell(node, "mount -o remount,size=50% /run").status()).isZero();
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.faults.FaultPoint;
import io.homeport.lab.LabPlan;
import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.service.Service;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The daemon of alpha runs below a real systemd, by the unit of docs/reliability.md, and is killed, restarted, upgraded and stopped. It is
 * the origin of one service, which is at beta, and the host of another, which has come from there. A lab of its own.
 */
@ExtendWith(HarbourExtension.class)
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class SystemdSystemTest {
    /** More than the starts that systemd allows in ten seconds if nobody tells it otherwise. */
    private static final int QUICK_KILLS = 6;

    private static final int LONGEST_PAUSE_MS = 700;
    private static final int BYTES = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> KINDS = List.of("socket", "selector");

    @Test
    void shouldKeepConnectionsInSystemdsStoreUntilTheUnitIsStopped() throws Exception {
        Systemd.require();
        Harbour harbour = new Harbour(new LabPlan("systemd-" + ProcessHandle.current().pid(), List.of(Harbour.ALPHA, Harbour.BETA), "", false));
        try (Systemd systemd = Systemd.of(harbour, Harbour.ALPHA);
                harbour) {
            systemd.control("start");
            harbour.node(Harbour.BETA).daemon().start();
            awaitDaemons(harbour);
            assertThat(harbour.node(Harbour.ALPHA).daemon().status().orElseThrow().keeper()).isEqualTo("systemd");
            try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class));
                    MovedService guest = MovedService.start(harbour, Harbour.BETA, Launch.of(Jdk.newest(), Service.class))) {
                depart(harbour, systemd, move, guest);
                killOften(harbour, systemd, move);
                endWhileTheDaemonIsAway(harbour, systemd, move);
                systemd.control("restart");
                goesOn(harbour, move, "systemctl restart");
                Harbour.Ended upgrade = harbour.homeport(Harbour.ALPHA, "node", "--upgrade");
                assertThat(upgrade.status()).as(upgrade.output()).isZero();
                goesOn(harbour, move, "homeport node --upgrade");
                ManualConnection last = ManualConnection.open(move.service(), harbour.address(Harbour.ALPHA), move.fleet().nextSeed());
                move.check();
                assertThat(guest.complaints()).isEqualTo("[]");
                stop(systemd, last);
            }
        }
    }

    /** The daemon dies as soon as the service is given away: its sockets lie in the store under their names in custody. */
    private static void depart(Harbour harbour, Systemd systemd, Move move, MovedService guest) throws Exception {
        for (String kind : KINDS) {
            move.connect(kind);
            move.fleet().connect("guest's " + kind, harbour.address(Harbour.BETA), guest.port(kind), Pace.ACTIVE);
        }
        FaultBoard faults = new FaultBoard(harbour, Harbour.ALPHA, Harbour.BETA);
        faults.arm(Harbour.ALPHA, FaultPoint.GIVEN_AFTER, "kill");
        long before = systemd.daemonPid();
        Harbour.Ended cut = move.service().tryMoveTo(Harbour.BETA);
        assertThat(cut.status()).as(cut.output()).isEqualTo(4);
        faults.assertNoneIsLeft();
        move.service().hasArrivedAt(Harbour.BETA);
        goesOn(harbour, move, "killed after it had given the service away");
        assertThat(systemd.daemonPid()).isNotEqualTo(before);
        guest.moveTo(Harbour.ALPHA);
        goesOn(harbour, move, "the guest has come");
    }

    private static void killOften(Harbour harbour, Systemd systemd, Move move) throws Exception {
        Random random = new Random(move.fleet().nextSeed());
        for (int kills = 0; kills < QUICK_KILLS; ) {
            Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
            kills += systemd.signal("KILL") ? 1 : 0;
        }
        goesOn(harbour, move, "killed again and again");
        assertThat(systemd.signal("KILL")).isTrue();
        goesOn(harbour, move, "killed once more");
    }

    /** systemd lets go of stored sockets that have failed or hung up, unless it is told not to look; what was sent before would be lost. */
    private static void endWhileTheDaemonIsAway(Harbour harbour, Systemd systemd, Move move) throws Exception {
        ManualConnection closed = ManualConnection.open(move.service(), harbour.address(Harbour.ALPHA), move.fleet().nextSeed());
        ManualConnection reset = ManualConnection.open(move.service(), harbour.address(Harbour.ALPHA), move.fleet().nextSeed());
        closed.service("shutdown-output", "");
        assertThat(closed.readOne()).isEqualTo("end");
        int kept = systemd.kept();
        systemd.signal("STOP");
        closed.send(BYTES);
        closed.close();
        reset.socket().setSoLinger(true, 0);
        reset.close();
        // Its event loop has seen both by the second answer.
        assertThat(systemd.kept()).isEqualTo(kept);
        assertThat(systemd.kept()).as("descriptors that systemd keeps, two of them hung up").isEqualTo(kept);
        systemd.signal("KILL");
        closed.serviceReads(0, BYTES);
        closed.serviceReadsEnd();
        await("the reset").atMost(PATIENCE).until(() -> reset.tellService("read", "0 1").contains("Connection reset"));
        goesOn(harbour, move, "connections have ended while the daemon was away");
    }

    private static void stop(Systemd systemd, ManualConnection last) throws Exception {
        systemd.control("stop");
        assertThat(last.readOne()).as("after systemctl stop").isEqualTo("Connection reset");
        assertThat(systemd.show("ActiveState")).isEqualTo("inactive");
        assertThat(systemd.kept()).isZero();
    }

    private static void goesOn(Harbour harbour, Move move, String when) {
        awaitDaemons(harbour);
        move.fleet().assertProgress(when);
    }

    private static void awaitDaemons(Harbour harbour) {
        for (String node : List.of(Harbour.ALPHA, Harbour.BETA)) {
            harbour.node(node).daemon().awaitLinks(PATIENCE);
        }
    }
}

package io.homeport.system;

import static io.homeport.system.FaultWalk.Act.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.faults.FaultPoint;
import io.homeport.lab.LabPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks every fault point of docs/migration.md in real migrations of one service ({@link FaultWalk}), and what may happen beside them. Before the
 * commit the service stays where it was, afterwards it goes on at its destination.
 */
@ExtendWith(HarbourExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationFaultTest {
    private static final String STAYS = "It runs on here with its sockets";

    /** Shorter than the daemon waits for an agent (10 s). */
    private static final int LATE_MS = 1_500;

    private Harbour harbour;
    private FaultWalk walk;

    /** A lab of its own: what other tests have left is not what a fault has left. A fault that has left something gets the next one a new lab. */
    @BeforeEach
    void goOn() throws Exception {
        if (walk != null && !walk.isSound()) {
            end();
        }
        if (walk == null) {
            harbour = new Harbour(new LabPlan("faults-" + ProcessHandle.current().pid(), List.of(Harbour.ALPHA, Harbour.BETA, Harbour.GAMMA), "", true));
            walk = FaultWalk.begin(harbour);
        }
    }

    @AfterAll
    void check() throws Exception {
        try {
            walk.finish();
        } finally {
            end();
        }
    }

    private void end() throws Exception {
        try (Harbour ending = harbour) {
            walk.close();
        } finally {
            walk = null;
        }
    }

    static Stream<FaultPoint> before() {
        return Stream.of(FaultPoint.values()).filter(point -> !point.isAfterCommit());
    }

    static Stream<FaultPoint> after() {
        return Stream.of(FaultPoint.values()).filter(FaultPoint::isAfterCommit);
    }

    @ParameterizedTest
    @MethodSource("before")
    void shouldStayWhenAStepFailsBeforeTheCommit(FaultPoint point) throws Exception {
        if (point == FaultPoint.FROZEN || point == FaultPoint.DUMP_AFTER || point == FaultPoint.OFFERED || point == FaultPoint.RESTORED) {
            walk.moves(); // so that the points are met on first hops, on later hops and on the way home
        }
        walk.board().arm(walk.nodeOf(point), point, "fail");
        walk.stays(NOTHING, NOTHING, "the injected fault " + point, toldBefore(point));
    }

    private static String toldBefore(FaultPoint point) {
        return switch (point) {
            case OFFER_BEFORE, OFFER_AFTER -> "try again";
            case OFFERED -> "does not answer";
            default -> STAYS;
        };
    }

    @ParameterizedTest
    @MethodSource("after")
    void shouldMoveWhenAStepFailsAfterTheCommit(FaultPoint point) throws Exception {
        walk.board().arm(walk.nodeOf(point), point, "fail");
        if (point.isAtDestination()) {
            walk.moves(NOTHING, NOTHING, " runs on ");
        } else {
            walk.moves(NOTHING, NOTHING, "has been given to", "the injected fault " + point);
        }
    }

    /** Each message and each reply is lost in turn. */
    @ParameterizedTest
    @EnumSource(names = {"OFFER_BEFORE", "OFFERED", "TRANSFER_BEFORE", "RESTORE_BEFORE", "READY_WRITTEN"})
    void shouldStayWhenTheLinkIsCutBeforeTheCommit(FaultPoint point) throws Exception {
        walk.stays(walk.at(point, walk::cut), walk::plug);
    }

    @ParameterizedTest
    @EnumSource(names = {"GIVEN_AFTER", "DEPUTIES_OPEN", "COMMIT_CAME", "THAWED"})
    void shouldMoveWhenTheLinkIsCutAfterTheCommit(FaultPoint point) throws Exception {
        FaultWalk.Act cut = walk.at(point, walk::cut);
        walk.moves(() -> {
            cut.run();
            walk.plug();
        }, NOTHING, " runs on ");
    }

    @Test
    void shouldStayWhenTheDestinationIsCutOff() throws Exception {
        walk.goTo(Harbour.ALPHA);
        walk.cut();
        walk.stays(NOTHING, walk::plug, "cannot be reached", "is its daemon running?");
    }

    /** Keeper and all, where they hold nothing: on alpha they would hold sockets. */
    @Test
    void shouldStayWhenTheDestinationIsDown() throws Exception {
        walk.goTo(Harbour.ALPHA);
        walk.destination().daemon().end("KILL");
        walk.stays(NOTHING, walk::restartDestination, "cannot be reached", "is its daemon running?");
    }

    /** Its keeper starts another, which ends the copy; the source undoes, or is told by the next inquiry. */
    @ParameterizedTest
    @EnumSource(names = {"IMAGES_IN", "RESTORED", "SOCKETS_IN", "READY_WRITTEN"})
    void shouldStayWhenTheDestinationsDaemonIsKilledBeforeTheCommit(FaultPoint point) throws Exception {
        walk.board().arm(walk.nodeOf(point), point, "kill");
        walk.stays(NOTHING, NOTHING, STAYS);
    }

    /** The next one has promised, and restores again; or it has taken the service, and lets it run. */
    @ParameterizedTest
    @EnumSource(names = {"COMMIT_CAME", "MINE_WRITTEN", "THAWED"})
    void shouldMoveWhenTheDestinationsDaemonIsKilledAfterTheCommit(FaultPoint point) throws Exception {
        walk.board().arm(walk.nodeOf(point), point, "kill");
        walk.moves(NOTHING, NOTHING, " runs on ", "has not answered yet");
    }

    /** There the process gets real sockets that are still kept for their deputies: the next daemon sees whose they are. */
    @ParameterizedTest
    @EnumSource(names = {"COMMIT_CAME", "MINE_WRITTEN", "THAWED"})
    void shouldComeHomeWhenTheDaemonThereIsKilledAfterTheCommit(FaultPoint point) throws Exception {
        walk.goTo(Harbour.GAMMA);
        walk.board().arm(Harbour.ALPHA, point, "kill");
        walk.moves(NOTHING, NOTHING, " runs on ", "has not answered yet");
    }

    /** Its keeper starts another, which gives the service its sockets back. */
    @ParameterizedTest
    @EnumSource(names = {
        "FREEZE_BEFORE", "FROZEN", "CUSTODY_TAKEN", "DESCRIPTORS_VACATED", "LEDGER_DRAWN", "DUMP_BEFORE", "DUMP_AFTER", "TRANSFER_AFTER", "RESTORE_AFTER",
        "GIVEN_BEFORE"
    })
    void shouldStayWhenTheSourcesDaemonIsKilledBeforeTheCommit(FaultPoint point) throws Exception {
        walk.board().arm(walk.nodeOf(point), point, "kill");
        walk.stays(NOTHING, NOTHING, "homeport ps");
    }

    /** The next one finds its word and goes on. */
    @ParameterizedTest
    @EnumSource(names = {"GIVEN_AFTER", "SOCKETS_HELD", "DEPUTIES_OPEN", "COMMIT_AFTER", "ORIGINAL_KILLED", "FORGET_BEFORE"})
    void shouldMoveWhenTheSourcesDaemonIsKilledAfterTheCommit(FaultPoint point) throws Exception {
        walk.board().arm(walk.nodeOf(point), point, "kill");
        walk.moves(NOTHING, NOTHING);
    }

    /** It has not run: it is restored again, also after the word MINE. */
    @ParameterizedTest
    @EnumSource(names = {"COMMIT_CAME", "MINE_WRITTEN"})
    void shouldMoveWhenTheStoppedCopyIsKilled(FaultPoint point) throws Exception {
        walk.moves(walk.at(point, this::killCopies), NOTHING, " runs on ");
    }

    /** The next daemon finds the word MINE, and no copy that could run. */
    @Test
    void shouldMoveWhenTheStoppedCopyAndItsDaemonAreKilled() throws Exception {
        walk.moves(walk.at(FaultPoint.MINE_WRITTEN, () -> {
            killCopies();
            walk.destination().daemon().kill();
        }), NOTHING, " runs on ", "has not answered yet");
    }

    private void killCopies() throws Exception {
        for (int pid : walk.remains().copies(walk.next())) {
            walk.harbour().signal(walk.next(), "KILL", pid);
        }
    }

    @Test
    void shouldStayWhenTheAgentNeverAnswers() throws Exception {
        walk.stays(walk.at(FaultPoint.FREEZE_BEFORE, walk::stopAll), NOTHING, "the agent of process", "did not answer", STAYS);
    }

    /** Nothing stops a process from starting one after the obstacles were looked for. */
    @Test
    void shouldStayWhenItHasStartedAChildMeanwhile() throws Exception {
        walk.stays(walk.at(FaultPoint.FREEZE_BEFORE, () -> walk.ask("begin-child")), () -> walk.ask("end-child"), "has a child, process ", STAYS);
    }

    @Test
    void shouldMoveWhenTheAgentAnswersLate() throws Exception {
        FaultWalk.Act stop = walk.at(FaultPoint.FREEZE_BEFORE, walk::stopAll);
        walk.moves(() -> {
            stop.run();
            TimeUnit.MILLISECONDS.sleep(LATE_MS);
            walk.signal("CONT");
        }, NOTHING, " runs on ");
    }

    /** The freeze takes a connection for what it was when the process was prepared, until it is in custody. */
    @Test
    void shouldMoveWhenAConnectionIsResetRightBeforeTheFreeze() throws Exception {
        walk.goTo(Harbour.ALPHA);
        ManualConnection reset = walk.connectByHand();
        reset.socket().setSoLinger(true, 0);
        walk.moves(walk.at(FaultPoint.FREEZE_BEFORE, reset.socket()::close), NOTHING, " runs on ");
        assertThat(reset.tellService("read", "0 1")).contains("Connection reset");
        reset.service("close", "");
    }

    @Test
    void shouldStayWhenTheCheckpointIsKilled() throws Exception {
        Sniper sniper = Sniper.aim(walk.harbour(), walk.node(), " dump ");
        walk.stays(NOTHING, sniper::close, "checkpoint", "criu dump", STAYS);
    }

    @Test
    void shouldStayWhenTheRestoreIsKilled() throws Exception {
        Sniper sniper = Sniper.aim(walk.harbour(), walk.next(), " restore ");
        walk.stays(NOTHING, sniper::close, "restore", "criu restore", STAYS);
    }

    @Test
    void shouldStayWhenAnImageIsDamaged() throws Exception {
        walk.stays(walk.at(FaultPoint.DUMP_AFTER, () -> {
            Path images = walk.harbour().node(walk.node()).inside("/run/homeport/state/images");
            try (Stream<Path> files = Files.walk(images)) {
                for (Path core : files.filter(file -> file.getFileName().toString().startsWith("core-")).toList()) {
                    Files.write(core, new byte[64]);
                }
            }
        }), NOTHING, "criu restore", STAYS);
    }

    @Test
    void shouldStayWhenThereIsNoRoom() throws Exception {
        noRoom(walk.node());
        walk.stays(NOTHING, () -> room(walk.node()), "MB free");
        noRoom(walk.next());
        walk.stays(NOTHING, () -> room(walk.next()), "MB free");
    }

    @Test
    void shouldStayWhenRoomRunsOutOnTheWay() throws Exception {
        walk.stays(walk.at(FaultPoint.DUMP_BEFORE, () -> noRoom(walk.node())), () -> room(walk.node()), "checkpoint", STAYS);
        walk.stays(walk.at(FaultPoint.DUMP_AFTER, () -> noRoom(walk.next())), () -> room(walk.next()), "transfer", STAYS);
    }

    /** For its memory once, not for a copy that goes ahead. */
    @Test
    void shouldMoveWithoutRoomForACopyOfItsMemory() throws Exception {
        String node = walk.node();
        Path log = walk.harbour().node(node).log();
        long before = Files.size(log);
        String resident = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^[^ ]*java .*-Dhomeport.name=' &&"
                + " awk '/VmRSS/ {print $2}' $p/status; done | sort -n | tail -1";
        String script = "used=$(df --output=used -k /run | tail -1); mount -o remount,size=$((used + $(" + resident + ") + 65536))k /run";
        assertThat(walk.harbour().shell(node, script).status()).isZero();
        walk.moves(NOTHING, () -> room(node));
        assertThat(Files.readString(log).substring((int) before)).contains("all of its memory is sent in the freeze");
    }

    @Test
    void shouldMoveWhenTheCommandIsKilled() throws Exception {
        walk.moves(walk.at(FaultPoint.DUMP_BEFORE, () -> walk.harbour()
                .shell(walk.node(), "kill -9 $(grep -lz '^migrate$' /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3)")), NOTHING);
    }

    /** Leaves 1 MiB, half of the least that a freeze's images need; once more if the daemon wrote as much before the mount. */
    private void noRoom(String node) throws Exception {
        String script = "for i in 1 2 3 4 5 6 7 8; do"
                + " used=$(df --output=used -k /run | tail -1); mount -o remount,size=$((used + 1024))k /run && exit; done; exit 1";
        assertThat(walk.harbour().shell(node, script).status()).isZero();
    }

    private void room(String node) throws Exception {
        assertThat(walk.harbour().shell(node, "mount -o remount,size=50% /run").status()).isZero();
    }
}

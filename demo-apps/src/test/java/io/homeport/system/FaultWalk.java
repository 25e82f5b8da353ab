package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.faults.FaultPoint;
import io.homeport.lab.LabNode;
import io.homeport.workload.service.Service;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One service under a checksummed load that walks round alpha, beta and gamma, one try for each fault. After each: one copy runs, on the side where it
 * belongs, its clients get on, nothing is left, and the command has said what happened. One test thread; {@link #close} ends the service.
 */
final class FaultWalk implements AutoCloseable {
    private static final List<String> NODES = List.of(Harbour.ALPHA, Harbour.BETA, Harbour.GAMMA);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Longer than the links' silenceTimeoutMs in a lab. */
    private static final int CUT_MS = 3_500;

    private final Harbour harbour;
    private final FaultBoard board;
    private final Move move;
    private final Remains remains;
    private boolean sound = true;

    /** What a test does beside a try to move, or after it. */
    interface Act {
        Act NOTHING = () -> {};

        void run() throws Exception;
    }

    private FaultWalk(Harbour harbour, FaultBoard board, Move move) throws Exception {
        this.harbour = harbour;
        this.board = board;
        this.move = move;
        this.remains = new Remains(harbour, Service.class.getName() + " " + move.service().name().substring(1));
    }

    /** Starts the service on alpha; its JDK is the seed's choice. */
    static FaultWalk begin(Harbour harbour) throws Exception {
        FaultBoard board = new FaultBoard(harbour, Move.ROUND);
        board.disarm();
        long seed = Long.getLong("homeport.system.seed", System.nanoTime());
        List<Jdk> jdks = Jdk.found();
        Move move = Move.prepare(harbour, Launch.of(jdks.get(new Random(seed).nextInt(jdks.size())), Service.class));
        for (String kind : List.of("socket", "selector")) {
            move.connect(kind);
        }
        return new FaultWalk(harbour, board, move);
    }

    String node() {
        return move.service().node();
    }

    /** Where it goes next. */
    String next() {
        return switch (node()) {
            case Harbour.ALPHA -> Harbour.BETA;
            case Harbour.BETA -> Harbour.GAMMA;
            default -> Harbour.ALPHA;
        };
    }

    FaultBoard board() {
        return board;
    }

    Harbour harbour() {
        return harbour;
    }

    Remains remains() {
        return remains;
    }

    LabNode destination() {
        return harbour.node(next());
    }

    /** Pulls the destination's cable and leaves it out until both sides have noticed; {@link #plug} puts it in again. */
    void cut() throws Exception {
        destination().plugged(false);
        TimeUnit.MILLISECONDS.sleep(CUT_MS);
    }

    /** After {@link #cut}. */
    void plug() {
        destination().plugged(true);
    }

    /** Stops all of the service's threads, the agent's, too. */
    void stopAll() throws Exception {
        signal("STOP");
    }

    void signal(String signal) throws Exception {
        for (int pid : remains.copies(node())) {
            harbour.signal(node(), signal, pid);
        }
    }

    /** One of the service's own commands. */
    String ask(String command) {
        return move.service().ask(command);
    }

    /** Starts the destination's daemon again. */
    void restartDestination() {
        destination().daemon().end("KILL");
        destination().daemon().start();
    }

    /** Whether the last fault left everything right: only then the walk goes on with the same service. */
    boolean isSound() {
        return sound;
    }

    /** The node that comes to a point in the next try. */
    String nodeOf(FaultPoint point) {
        return point.isAtDestination() ? next() : node();
    }

    /** Moves it on without a fault. */
    void goTo(String node) throws Exception {
        while (!node().equals(node)) {
            moves();
        }
    }

    /**
     * Tries to move it: it must stay, and the command must say so in these words.
     *
     * @param meanwhile beside the command
     * @param afterwards when the command has ended: makes good what must be
     */
    void stays(Act meanwhile, Act afterwards, String... said) throws Exception {
        String destination = next();
        Set<String> filesBefore = remains.files(destination);
        Harbour.Ended ended = tryToMove(meanwhile, afterwards);
        assertThat(ended.status()).as(ended.output()).isNotZero();
        assertSaid(ended, said);
        assertThat(ended.output()).contains(destination);
        afterwards("stays on " + node() + ": " + ended.output());
        assertThat(remains.files(destination)).as("files that " + destination + " did not have before").isSubsetOf(filesBefore);
        sound = true;
    }

    /** Tries to move it: it must arrive, whatever the command ends with, which must say so in these words. */
    void moves(Act meanwhile, Act afterwards, String... said) throws Exception {
        Harbour.Ended ended = tryToMove(meanwhile, afterwards);
        move.service().hasArrivedAt(next());
        assertSaid(ended, said);
        afterwards("moves to " + node() + ": " + ended.output());
        sound = true;
    }

    /** The same without a fault. */
    void moves() throws Exception {
        moves(Act.NOTHING, Act.NOTHING, " runs on ");
    }

    /** One connection more, to where the service began. */
    ManualConnection connectByHand() throws Exception {
        return ManualConnection.open(move.service(), harbour.address(Harbour.ALPHA), move.fleet().nextSeed());
    }

    /** Waits at a point, lets something happen there, and lets the migration go on. */
    Act at(FaultPoint point, Act then) throws Exception {
        String node = nodeOf(point);
        board.arm(node, point, "wait");
        return () -> {
            board.awaitReached(node, point);
            then.run();
            board.release(node, point);
        };
    }

    /** Ends every conversation and checks both directions of each, byte for byte. */
    void finish() throws Exception {
        remains.assertSameFilters();
        move.check();
    }

    @Override
    public void close() throws Exception {
        for (String node : NODES) {
            harbour.node(node).plugged(true);
        }
        board.disarm();
        move.close();
    }

    private Harbour.Ended tryToMove(Act meanwhile, Act afterwards) throws Exception {
        sound = false;
        String destination = next();
        move.fleet().assertProgress("before the fault");
        CompletableFuture<Harbour.Ended> moving = CompletableFuture.supplyAsync(() -> {
            try {
                return move.service().tryMoveTo(destination);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        meanwhile.run();
        Harbour.Ended ended = moving.get();
        afterwards.run();
        System.out.println("said: " + ended.output().strip().replace("\n", " / "));
        return ended;
    }

    /** No words at all will do, too. */
    private static void assertSaid(Harbour.Ended ended, String... words) {
        assertThat(List.of(words)).allSatisfy(word -> assertThat(ended.output()).contains(word));
    }

    private void afterwards(String when) throws Exception {
        for (String node : NODES) {
            harbour.node(node).daemon().awaitLinks(PATIENCE);
        }
        board.assertNoneIsLeft();
        move.fleet().assertProgress(when);
        remains.assertOneCopy(node(), when);
        assertThat(ask("clock")).as("its clock: " + when).contains("backwards=0 ");
    }
}

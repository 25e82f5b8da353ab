package io.homeport.bench.soak;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One fault, and the moves that it meets. The command's thread, and one for the fault. */
final class Turn {
    private static final long COMMAND_PATIENCE_MS = 180_000;

    private final Lab lab;
    private final List<LabNode> ring;
    private final CopyWatch watch;
    private final Verdict verdict;

    Turn(Lab lab, CopyWatch watch, SoakLoad load) {
        this.lab = lab;
        this.ring = List.copyOf(lab.nodes());
        this.watch = watch;
        this.verdict = new Verdict(lab, watch, load);
    }

    /** What became of one service. */
    record Outcome(Seat seat, String from, String to, MoveTry.Ended ended, Verdict.Found found) {
        @Override
        public String toString() {
            String why = ended.said() == MoveTry.Said.STAYED ? ": " + ended.text() : "";
            return seat.service() + " " + from + ">" + to + " " + found.became() + " (status " + ended.status() + ", "
                    + ended.tookNs() / 1_000_000 + " ms" + why + ")";
        }
    }

    /** @param faultProblem why the fault could not be brought about, else null */
    record Result(boolean struck, String faultProblem, List<Outcome> outcomes) {}

    /** @param times how long a move takes, for the fault's moment */
    Result run(TurnPlan plan, List<Seat> seats, MoveTimes times) throws IOException, InterruptedException {
        List<MoveTry> moves = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        for (int place : plan.services()) {
            Seat seat = seats.get(place);
            sources.add(seat.node());
            moves.add(MoveTry.start(lab.node(seat.node()), seat, next(seat.node(), plan.stepsOn().get(place))));
        }
        MoveTry aimedAt = moves.get(0);
        FaultScene scene = new FaultScene(
                lab.node(sources.get(0)), lab.node(aimedAt.destination()), lab.node(aimedAt.seat().origin()), aimedAt, watch,
                new Random(plan.faultSeed()), times.momentNs(plan.moment()));
        CompletableFuture<Boolean> fault = strike(plan.fault(), scene);
        List<MoveTry.Ended> ended = new ArrayList<>();
        for (MoveTry move : moves) {
            ended.add(move.await(COMMAND_PATIENCE_MS));
            times.learn(ended.get(ended.size() - 1));
        }
        boolean struck = false;
        String faultProblem = null;
        try {
            struck = fault.get();
        } catch (ExecutionException failed) {
            faultProblem = "the fault could not be brought about: " + failed.getCause();
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int index = 0; index < moves.size(); index++) {
            Verdict.Found found = verdict.of(moves.get(index), ended.get(index));
            outcomes.add(new Outcome(moves.get(index).seat(), sources.get(index), moves.get(index).destination(), ended.get(index), found));
        }
        return new Result(struck, faultProblem, outcomes);
    }

    private static CompletableFuture<Boolean> strike(FaultKind kind, FaultScene scene) {
        CompletableFuture<Boolean> struck = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                struck.complete(kind.strike(scene));
            } catch (IOException | InterruptedException | RuntimeException failed) {
                struck.completeExceptionally(failed);
            }
        }, "soak-fault");
        thread.setDaemon(true);
        thread.start();
        return struck;
    }

    private String next(String node, int stepsOn) {
        int place = ring.indexOf(lab.node(node));
        return ring.get((place + stepsOn) % ring.size()).name();
    }
}

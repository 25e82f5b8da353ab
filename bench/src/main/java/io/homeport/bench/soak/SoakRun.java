package io.homeport.bench.soak;

import io.homeport.bench.moves.ServiceStart;
import io.homeport.lab.Lab;
import io.homeport.lab.LabException;
import io.homeport.lab.LabNode;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Turn after turn until all moves are tried; a service for which something does not hold is given up, and another takes its place. */
public final class SoakRun {
    private static final int FIRST_PORT = 7800;
    private static final Duration LINK_PATIENCE = Duration.ofSeconds(60);
    /** Logs kept: what comes later is seldom news. */
    private static final int MOST_EVIDENCE = 40;

    private static final long FINISH_PATIENCE_MS = 60_000;
    private static final List<Pace> PACES =
            List.of(Pace.STEADY, Pace.STEADY, Pace.BURSTS, Pace.BURSTS, Pace.FULL_WINDOWS, Pace.IDLE, Pace.IDLE);

    private final Lab lab;
    private final SoakPlan plan;
    private final Consumer<String> progress;
    private final SoakReport report;
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    private final List<Seat> seats = new ArrayList<>();
    private final Evidence evidence;
    private int started;

    /**
     * @param lab with at least two nodes and their daemons; the caller's to close
     * @param progress told of every turn and every problem at once
     */
    public SoakRun(Lab lab, SoakPlan plan, Consumer<String> progress) {
        this.lab = lab;
        this.plan = plan;
        this.progress = progress;
        this.report = new SoakReport(plan.seed());
        this.evidence = new Evidence(lab, plan.seed());
    }

    /** Runs it. @throws IOException when the lab itself fails */
    public SoakReport run() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        try (SoakLoad load = new SoakLoad(plan.seed(), complaints::add)) {
            for (int count = 0; count < plan.services(); count++) {
                seats.add(start(load, List.copyOf(lab.nodes()).get(count % lab.nodes().size())));
            }
            try (CopyWatch watch = new CopyWatch(lab, complaints::add)) {
                turns(load, watch);
            }
            LoadCounts before = load.counts();
            load.finish(FINISH_PATIENCE_MS).forEach(late -> problem("at the end", "it does not end: " + late));
            count(report.atTheEnd(), load.counts(), before);
            tellComplaints("at the end");
            report.took(System.nanoTime() - startNs, load.counts().opened);
        }
        return report;
    }

    private void turns(SoakLoad load, CopyWatch watch) throws IOException, InterruptedException {
        Turn turn = new Turn(lab, watch, load);
        MoveTimes times = new MoveTimes();
        for (int number = 0; report.tried() < plan.moves(); number++) {
            int left = plan.moves() - report.tried();
            TurnPlan next = TurnPlan.of(plan.seed(), number, plan.faults(), seats.size(), left);
            Tally tally = report.of(next.fault());
            LoadCounts before = load.counts();
            int pairsBefore = watch.pairs();
            Turn.Result result = run(turn, number, next, times);
            String name = "turn " + number + ", " + next.fault() + (result.struck() ? "" : " (did not strike)");
            progress.accept(name + ": " + result.outcomes() + ", " + (report.tried() + result.outcomes().size()) + " of " + plan.moves());
            judge(name, next.fault(), tally, result, load, watch);
            tally.turns++;
            tally.struck += result.struck() ? 1 : 0;
            tally.twoCopies += watch.pairs() - pairsBefore;
            count(tally, load.counts(), before);
            tellComplaints(name);
            if (!linked(name)) {
                return;
            }
        }
    }

    private Turn.Result run(Turn turn, int number, TurnPlan next, MoveTimes times) throws IOException, InterruptedException {
        try {
            return turn.run(next, List.copyOf(seats), times);
        } catch (IOException failed) {
            problem("turn " + number + ", " + next, "the run ends here: " + failed.getMessage());
            throw failed;
        }
    }

    private void judge(String name, FaultKind fault, Tally tally, Turn.Result result, SoakLoad load, CopyWatch watch)
            throws IOException, InterruptedException {
        if (result.faultProblem() != null) {
            problem(name, result.faultProblem());
        }
        for (Turn.Outcome outcome : result.outcomes()) {
            tally.tried(outcome.found().became(), outcome.found().well());
            if (!outcome.found().well()) {
                problem(name, outcome + ": " + outcome.found().problem());
                giveUp(outcome.seat(), load, watch);
            } else if (outcome.ended().said() == MoveTry.Said.STAYED && !fault.mayFail()) {
                problem(name, outcome + " failed for no reason: " + outcome.ended().text());
            }
        }
    }

    private static void count(Tally tally, LoadCounts after, LoadCounts before) {
        tally.words.add(after.words.since(before.words));
        tally.broken += after.broken - before.broken;
    }

    private void tellComplaints(String name) {
        for (String complaint = complaints.poll(); complaint != null; complaint = complaints.poll()) {
            problem(name, complaint);
        }
    }

    private void problem(String name, String what) {
        String whole = "seed " + plan.seed() + ", " + name + ": " + what;
        report.problem(whole);
        boolean few = report.problems().size() <= MOST_EVIDENCE;
        progress.accept("PROBLEM " + whole + (few ? "; logs: " + evidence.keep(report.problems().size()) : ""));
    }

    /** A link that is not back again is no turn's fault alone: nothing can be moved any more. */
    private boolean linked(String name) {
        try {
            lab.nodes().forEach(node -> node.daemon().awaitLinks(LINK_PATIENCE));
            return true;
        } catch (LabException down) {
            problem(name, "the run ends here: " + down.getMessage());
            return false;
        }
    }

    private Seat start(SoakLoad load, LabNode node) throws IOException, InterruptedException {
        int number = started++;
        String name = "soak-" + number;
        String ready = "/run/" + name + ".ready";
        int port = FIRST_PORT + number;
        ServiceStart.start(node, ready, plan.words(name, port, ready, number));
        load.add(name, new InetSocketAddress(node.address(), port), PACES);
        return new Seat(name, node.name());
    }

    private void giveUp(Seat seat, SoakLoad load, CopyWatch watch) throws IOException, InterruptedException {
        load.drop(seat.service());
        watch.copies(seat.service()).forEach(copy -> Posix.kill(copy.pid(), Linux.SIGKILL));
        seats.set(seats.indexOf(seat), start(load, lab.node(seat.origin())));
    }
}

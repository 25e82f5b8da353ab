package io.homeport.bench.relay;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.contender.Contenders;
import io.homeport.bench.contender.Running;
import io.homeport.bench.load.Outcome;
import io.homeport.bench.load.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Does every work through every contender in turn, round after round, all of them up all the time. One thread.
 *
 * <pre>
 *   warm-up: every work once       round 0: ping A B C, up A B C, ...      round 1: ping B C A, up B C A, ...
 * </pre>
 */
public final class RelayRun {
    /** Lets connections of the work before end: their last segments are nobody's load. */
    private static final long REST_MS = 100;
    private static final int WARM_MS = 1_000;

    private final RelayPlan plan;
    private final Contenders contenders;
    private final Consumer<String> progress;

    /**
     * @param contenders the caller's to close
     * @param progress told of every step
     */
    public RelayRun(RelayPlan plan, Contenders contenders, Consumer<String> progress) {
        this.plan = plan;
        this.contenders = contenders;
        this.progress = progress;
    }

    /** Measures. @throws IOException when a contender does not get ready, or loses or changes a byte */
    public RelayReport run() throws IOException, InterruptedException {
        Map<Contender, Running> running = new EnumMap<>(Contender.class);
        for (Contender contender : plan.contenders()) {
            progress.accept("starting " + contender + ": " + contender.text());
            running.put(contender, contenders.start(contender));
        }
        for (Work work : plan.works()) {
            progress.accept("warming up for " + work);
            for (Contender contender : plan.contenders()) {
                measure(running.get(contender), work, 0, Math.min(WARM_MS, plan.ms()));
            }
        }
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            for (Work work : plan.works()) {
                progress.accept("round " + (round + 1) + " of " + plan.rounds() + ": " + work);
                for (Contender contender : plan.order(round)) {
                    samples.add(measure(running.get(contender), work, round, plan.ms()));
                }
            }
        }
        return new RelayReport(plan, samples);
    }

    private Sample measure(Running contender, Work work, int round, int ms) throws IOException, InterruptedException {
        Thread.sleep(REST_MS);
        double before = contender.cpuSeconds();
        Outcome outcome = contender.run(work, ms, plan.perSecond());
        return new Sample(contender.contender(), work, round, outcome, contender.cpuSeconds() - before);
    }
}

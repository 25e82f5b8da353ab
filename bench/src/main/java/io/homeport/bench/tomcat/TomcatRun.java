package io.homeport.bench.tomcat;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.contender.Contenders;
import io.homeport.bench.contender.Running;
import io.homeport.bench.moves.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs wrk against every contender in turn, round after round, all of them up all the time. One thread. */
public final class TomcatRun {
    private static final int CONNECTIONS = 64;
    /** wrk calls an answer an error after 2 seconds; here a slow one is a slow one. */
    private static final int PATIENCE_SECONDS = 30;
    /** Lets connections of the run before end. */
    private static final long REST_MS = 100;

    private final TomcatPlan plan;
    private final Contenders contenders;
    private final Consumer<String> progress;

    /**
     * @param contenders with {@link TomcatServer} as their server; the caller's to close
     * @param progress told of every step
     */
    public TomcatRun(TomcatPlan plan, Contenders contenders, Consumer<String> progress) {
        this.plan = plan;
        this.contenders = contenders;
        this.progress = progress;
    }

    /** Measures. @throws IOException when a contender does not get ready, breaks a connection or answers with an error */
    public TomcatReport run() throws IOException, InterruptedException {
        Map<Contender, Running> running = new EnumMap<>(Contender.class);
        for (Contender contender : plan.contenders()) {
            progress.accept("starting " + contender + ": " + contender.text());
            running.put(contender, contenders.start(contender));
        }
        // By rounds as they will count: new connections take ways through the code that a long load on the old ones does not have compiled.
        for (int seconds = 0; seconds < plan.warmUpSeconds(); seconds += plan.seconds()) {
            progress.accept("warming up, " + seconds + " of " + plan.warmUpSeconds() + " s each");
            measure(running, plan.contenders());
        }
        List<TomcatSample> samples = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            progress.accept("round " + (round + 1) + " of " + plan.rounds());
            samples.addAll(measure(running, Contender.inTurn(plan.contenders(), round)));
        }
        return new TomcatReport(plan, samples);
    }

    /** One round. */
    private List<TomcatSample> measure(Map<Contender, Running> running, List<Contender> inTurn) throws IOException, InterruptedException {
        List<TomcatSample> samples = new ArrayList<>();
        for (Contender contender : inTurn) {
            samples.add(measure(running.get(contender)));
        }
        return samples;
    }

    private TomcatSample measure(Running contender) throws IOException, InterruptedException {
        Thread.sleep(REST_MS);
        String url = "http://" + contender.address().getAddress().getHostAddress() + ":" + contender.address().getPort() + "/";
        double before = contender.cpuSeconds();
        String said = Command.run(contender.clientNode(), List.of(
                "wrk", "-t1", "-c" + CONNECTIONS, "-d" + plan.seconds() + "s", "--timeout", PATIENCE_SECONDS + "s", "--latency", url));
        try {
            return new TomcatSample(contender.contender(), WrkResult.parse(said), contender.cpuSeconds() - before);
        } catch (IllegalStateException failed) {
            throw new IOException(contender.contender() + ": " + failed.getMessage(), failed);
        }
    }
}

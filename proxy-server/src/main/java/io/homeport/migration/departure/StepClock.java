package io.homeport.migration.departure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Tells the user where a migration stands, and how long each step took. Used by the migration's thread. */
public final class StepClock {
    private final LongSupplier nanoClock;
    private final Progress progress;
    private final Map<String, Double> stepMs = new LinkedHashMap<>();
    private Step step;
    private long beganNs;

    public StepClock(LongSupplier nanoClock, Progress progress) {
        this.nanoClock = nanoClock;
        this.progress = progress;
    }

    /** Ends the step before and begins this one. */
    public void begin(Step next, String detail) {
        end();
        step = next;
        beganNs = nanoClock.getAsLong();
        progress.step(next, detail);
    }

    /** Ends the last step. */
    public void end() {
        if (step != null) {
            stepMs.put(step.title(), (nanoClock.getAsLong() - beganNs) / 1e6);
            step = null;
        }
    }

    /** A share of a step that was measured elsewhere. */
    public void add(String share, double ms) {
        stepMs.put(share, ms);
    }

    /** The step under way. */
    public Step step() {
        return step;
    }

    public Map<String, Double> stepMs() {
        return stepMs;
    }
}

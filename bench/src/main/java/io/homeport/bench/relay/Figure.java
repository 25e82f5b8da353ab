package io.homeport.bench.relay;

import io.homeport.bench.load.Work;
import java.util.List;

/** What is told of a work. */
public enum Figure {
    /** Half of the answers came within so long. */
    P50("p50 us", false, true),
    /** 99 % of them. */
    P99("p99 us", false, false),
    /** 99.9 % of them. */
    P999("p99.9 us", false, false),
    /** Bytes that have arrived. */
    SPEED("MB/s", true, true),
    /** Answers. */
    RATE("answers/s", true, true),
    /** Processor time of all the relay's processes. */
    CPU_PER_GB("relay CPU s/GB", false, true),
    /** The same for a message and its answer. */
    CPU_PER_ANSWER("relay CPU us/answer", false, true);

    private static final double NS_PER_US = 1e3;

    private final String title;
    private final boolean moreIsBetter;
    private final boolean steady;

    Figure(String title, boolean moreIsBetter, boolean steady) {
        this.title = title;
        this.moreIsBetter = moreIsBetter;
        this.steady = steady;
    }

    /** Those of a work, the most important one first. */
    public static List<Figure> of(Work work) {
        return switch (work) {
            case PING, PACED -> List.of(P50, P99, P999, CPU_PER_ANSWER);
            case UP, DOWN, STREAMS -> List.of(SPEED, CPU_PER_GB);
            case REQUESTS -> List.of(RATE, P50, P99, CPU_PER_ANSWER);
        };
    }

    /** Name and unit. */
    public String title() {
        return title;
    }

    /** Whether a larger one is the better one. */
    boolean moreIsBetter() {
        return moreIsBetter;
    }

    /** Whether short runs of an otherwise busy machine agree about it enough to be held against earlier ones; rare waits do not. */
    boolean steady() {
        return steady;
    }

    /** Whether it is the relay's own cost: nothing for contenders that have no relay. */
    boolean isCpu() {
        return this == CPU_PER_GB || this == CPU_PER_ANSWER;
    }

    /** Its value in a sample. */
    double of(Sample sample) {
        double seconds = sample.outcome().ns() / 1e9;
        long units = sample.outcome().units();
        return switch (this) {
            case P50 -> sample.outcome().waits().getValueAtPercentile(50) / NS_PER_US;
            case P99 -> sample.outcome().waits().getValueAtPercentile(99) / NS_PER_US;
            case P999 -> sample.outcome().waits().getValueAtPercentile(99.9) / NS_PER_US;
            case SPEED -> units / 1e6 / seconds;
            case RATE -> units / seconds;
            case CPU_PER_GB -> sample.cpuSeconds() / (units / 1e9);
            case CPU_PER_ANSWER -> sample.cpuSeconds() * 1e6 / units;
        };
    }
}

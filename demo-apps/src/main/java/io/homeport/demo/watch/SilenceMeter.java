package io.homeport.demo.watch;

import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * Measures how long a heartbeat stays away. A silence is the time between two arrivals, and it belongs to the window in which
 * it ends; one that has not ended yet counts as long as it is.
 *
 * <pre>
 *   | | | | |            | | | | |        arrivals
 *       ^mark            '-- longest since mark: the gap before it
 * </pre>
 */
public final class SilenceMeter {
    private static final long HIGHEST_MICROS = 3_600_000_000L;

    private final LongSupplier nanoClock;
    private final Histogram gapsMicros = new Histogram(HIGHEST_MICROS, 3);
    private long lastArrivalNanos;
    private long arrivals;
    private long longestSinceMarkNanos;
    private long longestSinceLookNanos;

    /** The clock is {@code System::nanoTime} or a test's. The first silence begins now. */
    public SilenceMeter(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.lastArrivalNanos = nanoClock.getAsLong();
    }

    /** A heartbeat arrived. */
    public synchronized void arrived() {
        long now = nanoClock.getAsLong();
        long gap = now - lastArrivalNanos;
        lastArrivalNanos = now;
        arrivals++;
        longestSinceMarkNanos = Math.max(longestSinceMarkNanos, gap);
        longestSinceLookNanos = Math.max(longestSinceLookNanos, gap);
        gapsMicros.recordValue(Math.min(gap / 1000, HIGHEST_MICROS));
    }

    /** A new window begins. */
    public synchronized void mark() {
        longestSinceMarkNanos = 0;
    }

    /** The longest silence of the window, in microseconds. */
    public synchronized long longestSinceMarkMicros() {
        return Math.max(longestSinceMarkNanos / 1000, openMicros());
    }

    /** How long the present silence has lasted, in microseconds. */
    public synchronized long openMicros() {
        return (nanoClock.getAsLong() - lastArrivalNanos) / 1000;
    }

    /** The longest silence since the last call of this method, in microseconds: for a live view. */
    public synchronized long lookMicros() {
        long longest = Math.max(longestSinceLookNanos / 1000, openMicros());
        longestSinceLookNanos = 0;
        return longest;
    }

    /** Number of heartbeats that arrived. */
    public synchronized long arrivals() {
        return arrivals;
    }

    /** Adds all gaps, in microseconds, to a histogram. */
    public synchronized void addTo(Histogram allMicros) {
        allMicros.add(gapsMicros);
    }
}

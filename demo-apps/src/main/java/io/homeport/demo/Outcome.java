package io.homeport.demo;

import io.homeport.demo.watch.Accounts;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What the dinner came to.
 *
 * @param moves completed moves
 * @param withForks of these, moves of a philosopher who held forks while on the road
 * @param observedBytes over the observers' own connections, both directions
 * @param silences of the moves, in microseconds
 * @param pulse all gaps between heartbeats, in microseconds
 */
record Outcome(
        int moves,
        int withForks,
        long meals,
        List<String> violations,
        List<String> mismatches,
        Accounts accounts,
        long observedBytes,
        Histogram silences,
        Histogram pulse) {
    private static final int SHOWN_FAULTS = 20;

    boolean good() {
        return violations.isEmpty() && mismatches.isEmpty();
    }

    /** One JSON object, one line. */
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"moves\":%d,\"meals\":%d,\"violations\":%d,\"requests\":%d,\"mismatches\":%d,"
                        + "\"silenceMsP50\":%.1f,\"silenceMsMax\":%.1f}",
                moves, meals, violations.size(), accounts.requests(), mismatches.size(), p50Ms(silences), maxMs(silences));
    }

    /** The closing summary, for people. */
    void print(PrintStream out) {
        out.println();
        line(out, "moves", "%,d, %,d of them with forks in hand", moves, withForks);
        line(out, "meals", "%,d", meals);
        line(out, "requests", "%,d, each answered once", accounts.requests());
        line(out, "bytes checked", "%,d to the fork server, %,d from it, %,d by the observers",
                accounts.toServerBytes(), accounts.toPhilosophersBytes(), observedBytes);
        line(out, "silence", "p50 %.0f ms, max %.0f ms; of all %,d heartbeats, one every 5 ms, 99 %% came within %.0f ms",
                p50Ms(silences), maxMs(silences), pulse.getTotalCount(), pulse.getValueAtPercentile(99) / 1000.0);
        line(out, "violations", "%d", violations.size());
        violations.stream().limit(SHOWN_FAULTS).forEach(fault -> out.println("      " + fault));
        line(out, "mismatches", "%d", mismatches.size());
        mismatches.stream().limit(SHOWN_FAULTS).forEach(fault -> out.println("      " + fault));
        out.println();
        out.println(good() ? "  Nobody noticed." : "  The dinner was disturbed.");
    }

    private static void line(PrintStream out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "  %-14s " + format + "%n", prepend(name, values));
    }

    private static Object[] prepend(String name, Object[] values) {
        Object[] all = new Object[values.length + 1];
        all[0] = name;
        System.arraycopy(values, 0, all, 1, values.length);
        return all;
    }

    private static double p50Ms(Histogram micros) {
        return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(50) / 1000.0;
    }

    private static double maxMs(Histogram micros) {
        return micros.getMaxValue() / 1000.0;
    }
}

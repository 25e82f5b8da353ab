package io.homeport.bench.soak;

import io.homeport.bench.figures.Table;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a soak has found, a line for each kind of fault. The command's thread. */
public final class SoakReport {
    private static final double NS_PER_MINUTE = 60e9;
    private static final double BYTES_PER_MB = 1e6;

    private final long seed;
    private final Map<FaultKind, Tally> tallies = new EnumMap<>(FaultKind.class);
    private final Tally atTheEnd = new Tally();
    private final List<String> problems = new ArrayList<>();
    private long tookNs;
    private long opened;

    /** @param seed with which it can be run again */
    public SoakReport(long seed) {
        this.seed = seed;
    }

    Tally of(FaultKind kind) {
        return tallies.computeIfAbsent(kind, none -> new Tally());
    }

    /** For what shows only when all connections are closed. */
    Tally atTheEnd() {
        return atTheEnd;
    }

    /** Moves that have been tried. */
    int tried() {
        return total().tried;
    }

    void took(long ns, long connectionsOpened) {
        tookNs = ns;
        opened = connectionsOpened;
    }

    void problem(String what) {
        problems.add(what);
    }

    /** Whether nothing was lost, doubled, mismatched, broken or there twice, and nothing unexpected happened. */
    public boolean clean() {
        return problems.isEmpty() && total().clean();
    }

    /** The problems in their order, each told when it was found too. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** A line for each kind, one for the end, one for all. */
    public Table table() {
        Table table = new Table(
                "fault", "turns", "struck", "tried", "moved", "stayed", "survived", "lost bytes", "doubled bytes", "mismatched bytes",
                "two copies", "broken connections");
        tallies.forEach((kind, tally) -> table.row(tally.cells(kind.name())));
        if (!atTheEnd.clean()) {
            table.row(atTheEnd.cells("seen at the end"));
        }
        return table.row(total().cells("all"));
    }

    /** One line below the table. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "seed %d: %d moves tried in %.1f min, %.1f a minute; %,.0f MB checked on %d connections; %s",
                seed, tried(), tookNs / NS_PER_MINUTE, perMinute(), total().words.goodBytes / BYTES_PER_MB, opened,
                clean() ? "nothing lost, doubled, broken, or there twice" : problems.size() + " problems");
    }

    /** For one JSON object. */
    public Map<String, Object> json() {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("seed", seed);
        whole.put("clean", clean());
        whole.put("seconds", tookNs / 1e9);
        whole.put("movesPerMinute", perMinute());
        whole.put("connections", opened);
        whole.put("checkedBytes", total().words.goodBytes);
        List<Map<String, Object>> faults = new ArrayList<>();
        tallies.forEach((kind, tally) -> faults.add(tally.json(kind.name())));
        whole.put("faults", faults);
        whole.put("all", total().json("all"));
        whole.put("problems", problems);
        return whole;
    }

    private double perMinute() {
        return tookNs == 0 ? 0 : tried() * NS_PER_MINUTE / tookNs;
    }

    private Tally total() {
        Tally all = new Tally().add(atTheEnd);
        tallies.values().forEach(all::add);
        return all;
    }
}

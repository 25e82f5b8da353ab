package io.homeport.bench.moves;

import io.homeport.bench.figures.Spread;
import io.homeport.bench.figures.Table;
import io.homeport.migration.departure.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * The figures of one {@link MovesRun}, for people and for programs. The first move, by daemons that have never moved anything, is told
 * by itself and is in no median.
 *
 * @param connections how many clients there were
 * @param intervalMs time between two pings of one
 * @param samples all moves in their order, at least 2
 */
public record MovesReport(int connections, double intervalMs, List<MoveSample> samples) {
    /** Steps during which the service runs, at one end or the other. */
    private static final Set<String> RUNNING = Set.of(Step.PREPARE.title(), Step.THAW.title());

    private static final double MB = 1e6;
    private static final long HIGHEST_SILENCE_NS = 3_600_000_000_000L;

    /** @throws IllegalArgumentException if there are less than 2 samples */
    public MovesReport {
        if (samples.size() < 2) {
            throw new IllegalArgumentException("a report of " + samples.size() + " moves: the first does not count");
        }
        samples = List.copyOf(samples);
    }

    /** The moves that count. */
    private List<MoveSample> warm() {
        return samples.subList(1, samples.size());
    }

    /** Every silence of every connection in the moves that count, ns. */
    Histogram silences() {
        Histogram silences = new Histogram(HIGHEST_SILENCE_NS, 3);
        warm().forEach(sample -> {
            for (long silenceNs : sample.silencesNs()) {
                silences.recordValue(silenceNs);
            }
        });
        return silences;
    }

    /** Of the moves that count. */
    public Spread spread(ToDoubleFunction<MoveSample> figure) {
        return Spread.of(warm().stream().mapToDouble(figure).toArray());
    }

    /** The longest silence of a move as a multiple of the floor measured beside it. */
    Spread overFloor() {
        return spread(sample -> sample.silenceMsMax() / sample.floor().totalMs());
    }

    /** The longest silence of a move as a multiple of that of the move by {@code criu --tcp-established} beside it. */
    Spread overAddressed() {
        return spread(sample -> sample.silenceMsMax() / sample.addressed().orElseThrow().silenceMsMax());
    }

    /** Milliseconds of every step that any move had. */
    Map<String, Spread> steps() {
        Map<String, Spread> steps = new LinkedHashMap<>();
        for (String step : samples.get(0).moved().stepMs().keySet()) {
            steps.put(step, spread(sample -> sample.moved().stepMs().getOrDefault(step, 0.0)));
        }
        return steps;
    }

    /** One line that says what was measured. */
    public String title() {
        return String.format(
                Locale.ROOT,
                "%d connections, each with a ping every %s ms; %d moves after the first",
                connections, Spread.digits(intervalMs), samples.size() - 1);
    }

    /** One row per figure: median, least and most of the moves, and what part of the standstill a step is. */
    public Table table() {
        Table table = new Table("", "median", "least", "most", "of frozen");
        Spread frozen = spread(sample -> sample.moved().frozenMs());
        table.row("silence, longest of all connections, ms", spread(MoveSample::silenceMsMax), "");
        table.row("silence, p50 of the connections, ms", spread(MoveSample::silenceMsP50), "");
        table.row("frozen, as Homeport saw it, ms", frozen, "100 %");
        steps().forEach((step, ms) -> table.row("  " + step + ", ms", ms, RUNNING.contains(step) ? "" : share(ms, frozen)));
        table.row("image, MB", spread(sample -> sample.moved().imageBytes() / MB), "");
        table.row("by hand: criu dump, ms", spread(sample -> sample.floor().dumpMs()), "");
        table.row("by hand: criu restore, ms", spread(sample -> sample.floor().restoreMs()), "");
        table.row("by hand: both, ms", spread(sample -> sample.floor().totalMs()), "");
        table.row("by hand: image, MB", spread(sample -> sample.floor().imageBytes() / MB), "");
        table.row("silence (longest) / by hand", overFloor(), "x");
        table.row("silence (longest) - by hand, ms", spread(sample -> sample.silenceMsMax() - sample.floor().totalMs()), "");
        table.row("the first move: silence (longest), ms", Spread.of(samples.get(0).silenceMsMax()), "");
        if (hasAddressed()) {
            table.row("--tcp-established: silence, longest of all connections, ms", addressed(AddressedMove::silenceMsMax), "");
            table.row("--tcp-established: nobody has the address, ms", addressed(AddressedMove::awayMs), "");
            table.row("--tcp-established: criu dump, ms", addressed(AddressedMove::dumpMs), "");
            table.row("--tcp-established: criu restore, ms", addressed(AddressedMove::restoreMs), "");
            table.row("--tcp-established: image, MB", addressed(move -> move.imageBytes() / MB), "");
            table.row("silence (longest) / --tcp-established", overAddressed(), "x");
        }
        return table;
    }

    /** The same for a program: numbers, and {@code {median, least, most}} where there is a spread. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("connections", connections);
        json.put("intervalMs", intervalMs);
        json.put("moves", samples.size() - 1);
        Histogram silences = silences();
        json.put("silenceMsP50", silences.getValueAtPercentile(50) / 1e6);
        json.put("silenceMsP99", silences.getValueAtPercentile(99) / 1e6);
        json.put("silenceMsMax", silences.getMaxValue() / 1e6);
        json.put("longestSilenceMs", spread(MoveSample::silenceMsMax).json());
        json.put("longestSilenceOverByHand", overFloor().json());
        json.put("frozenMs", spread(sample -> sample.moved().frozenMs()).json());
        Map<String, Object> steps = new LinkedHashMap<>();
        steps().forEach((step, ms) -> steps.put(step, ms.json()));
        json.put("stepMs", steps);
        json.put("imageBytes", spread(sample -> sample.moved().imageBytes()).json());
        json.put("byHandMs", spread(sample -> sample.floor().totalMs()).json());
        json.put("byHandImageBytes", spread(sample -> sample.floor().imageBytes()).json());
        json.put("firstMoveLongestSilenceMs", samples.get(0).silenceMsMax());
        if (hasAddressed()) {
            json.put("tcpEstablishedLongestSilenceMs", addressed(AddressedMove::silenceMsMax).json());
            json.put("tcpEstablishedAwayMs", addressed(AddressedMove::awayMs).json());
            json.put("longestSilenceOverTcpEstablished", overAddressed().json());
        }
        return json;
    }

    private boolean hasAddressed() {
        return samples.stream().allMatch(sample -> sample.addressed().isPresent());
    }

    private Spread addressed(ToDoubleFunction<AddressedMove> figure) {
        return spread(sample -> figure.applyAsDouble(sample.addressed().orElseThrow()));
    }

    private static String share(Spread part, Spread whole) {
        return whole.median() == 0 ? "" : Math.round(100 * part.median() / whole.median()) + " %";
    }
}

package io.homeport.bench.relay;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.figures.Spread;
import io.homeport.bench.figures.Table;
import io.homeport.bench.load.Outcome;
import io.homeport.bench.load.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The figures of one {@link RelayRun}, for people and for programs.
 *
 * @param samples each work once for each contender and round
 */
public record RelayReport(RelayPlan plan, List<Sample> samples) {
    /** Keeps the samples. */
    public RelayReport {
        samples = List.copyOf(samples);
    }

    /** One row for each contender: each figure's median, its spread, and how it stands to the baseline's. */
    public Table table(Work work) {
        List<String> columns = new ArrayList<>(List.of(work.toString()));
        for (Figure figure : Figure.of(work)) {
            columns.add(figure.title());
            columns.add("/ " + plan.baseline());
        }
        Table table = new Table(columns.toArray(String[]::new));
        for (Contender contender : plan.contenders()) {
            List<String> cells = new ArrayList<>(List.of(contender.toString()));
            for (Figure figure : Figure.of(work)) {
                cells.addAll(cells(contender, work, figure));
            }
            table.row(cells);
        }
        return table;
    }

    private List<String> cells(Contender contender, Work work, Figure figure) {
        Spread spread = spread(contender, work, figure);
        if (figure.isCpu() && spread.most() == 0) {
            return List.of("", "");
        }
        boolean comparable = !figure.isCpu() || spread(plan.baseline(), work, figure).least() > 0;
        return List.of(spread.text(), comparable ? ratio(contender, work, figure).text() : "");
    }

    /** One figure over the rounds. */
    public Spread spread(Contender contender, Work work, Figure figure) {
        return Spread.of(values(contender, work, figure));
    }

    /** One figure as a multiple of the baseline's in the same round. */
    public Spread ratio(Contender contender, Work work, Figure figure) {
        return ratio(contender, plan.baseline(), work, figure);
    }

    /** One figure as a multiple of another contender's in the same round. */
    public Spread ratio(Contender contender, Contender other, Work work, Figure figure) {
        return Spread.ofRatios(values(contender, work, figure), values(other, work, figure));
    }

    private List<Double> values(Contender contender, Work work, Figure figure) {
        return of(contender, work).map(figure::of).toList();
    }

    /** Every wait of every round. */
    public Histogram waits(Contender contender, Work work) {
        Histogram all = Outcome.newWaits();
        of(contender, work).forEach(sample -> all.add(sample.outcome().waits()));
        return all;
    }

    private Stream<Sample> of(Contender contender, Work work) {
        return samples.stream().filter(sample -> sample.contender() == contender && sample.work() == work);
    }

    /** The ratios that are worth holding later runs against: this project's own contenders, without the figures that are noise. */
    public Ratios ratios() {
        Map<Ratios.Key, Double> ratios = new LinkedHashMap<>();
        for (Work work : plan.works()) {
            for (Contender contender : plan.contenders()) {
                for (Figure figure : Figure.of(work)) {
                    boolean told = contender.isHomeport() && contender != plan.baseline() && figure.steady();
                    if (told && (!figure.isCpu() || bothHave(contender, work, figure))) {
                        ratios.put(new Ratios.Key(contender, work, figure), ratio(contender, work, figure).median());
                    }
                }
            }
        }
        return new Ratios(plan.baseline(), ratios);
    }

    private boolean bothHave(Contender contender, Work work, Figure figure) {
        return spread(contender, work, figure).least() > 0 && spread(plan.baseline(), work, figure).least() > 0;
    }

    /** For a program: every contender, work and figure as {@code {median, least, most, ratio: {median, least, most}}}. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rounds", plan.rounds());
        json.put("ms", plan.ms());
        json.put("perSecond", plan.perSecond());
        json.put("against", plan.baseline().toString());
        for (Work work : plan.works()) {
            Map<String, Object> contenders = new LinkedHashMap<>();
            for (Contender contender : plan.contenders()) {
                Map<String, Object> figures = new LinkedHashMap<>();
                for (Figure figure : Figure.of(work)) {
                    Map<String, Object> told = spread(contender, work, figure).json();
                    if (!figure.isCpu() || bothHave(contender, work, figure)) {
                        told.put("ratio", ratio(contender, work, figure).json());
                    }
                    figures.put(figure.title(), told);
                }
                contenders.put(contender.toString(), figures);
            }
            json.put(work.toString(), contenders);
        }
        return json;
    }
}

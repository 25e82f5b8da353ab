package io.homeport.bench.tomcat;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.figures.Spread;
import io.homeport.bench.figures.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The figures of one {@link TomcatRun}, for people and for programs.
 *
 * @param samples one for each contender and round; those of a contender in the order of the rounds
 */
public record TomcatReport(TomcatPlan plan, List<TomcatSample> samples) {
    private static final double US_PER_SECOND = 1e6;

    /** What is told of each contender, as it is and as a multiple of its peer's. */
    private static final Map<String, ToDoubleFunction<TomcatSample>> COMPARED = compared();

    private static final String CPU = "relay CPU us/request";

    /** Keeps the samples. */
    public TomcatReport {
        samples = List.copyOf(samples);
    }

    /** One row for each contender: each figure's median, its spread, and how it stands to its peer's in the same round. */
    public Table table() {
        List<String> columns = new ArrayList<>(List.of("contender", "peer"));
        COMPARED.keySet().forEach(title -> columns.addAll(List.of(title, "/ peer")));
        columns.add(CPU);
        Table table = new Table(columns.toArray(String[]::new));
        for (Contender contender : plan.contenders()) {
            List<String> cells = new ArrayList<>(List.of(contender.toString(), plan.peer(contender).toString()));
            COMPARED.values().forEach(figure -> cells.addAll(List.of(spread(contender, figure).text(), ratio(contender, figure).text())));
            Spread cpu = spread(contender, TomcatReport::cpuUs);
            cells.add(cpu.most() == 0 ? "" : cpu.text());
            table.row(cells);
        }
        return table;
    }

    /** For a program: of each contender its peer, and every figure as {@code {median, least, most, ratio: {median, least, most}}}. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rounds", plan.rounds());
        json.put("seconds", plan.seconds());
        for (Contender contender : plan.contenders()) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("peer", plan.peer(contender).toString());
            COMPARED.forEach((title, figure) -> {
                Map<String, Object> told = spread(contender, figure).json();
                told.put("ratio", ratio(contender, figure).json());
                figures.put(title, told);
            });
            figures.put(CPU, spread(contender, TomcatReport::cpuUs).json());
            json.put(contender.toString(), figures);
        }
        return json;
    }

    private static Map<String, ToDoubleFunction<TomcatSample>> compared() {
        Map<String, ToDoubleFunction<TomcatSample>> figures = new LinkedHashMap<>();
        figures.put("requests/s", sample -> sample.result().perSecond());
        figures.put("p50 us", sample -> sample.result().p50Us());
        figures.put("p99 us", sample -> sample.result().p99Us());
        return figures;
    }

    /** Requests a second as a multiple of its peer's in the same round. */
    public Spread requestsRatio(Contender contender) {
        return ratio(contender, sample -> sample.result().perSecond());
    }

    private static double cpuUs(TomcatSample sample) {
        return sample.cpuSeconds() * US_PER_SECOND / sample.result().requests();
    }

    private Spread spread(Contender contender, ToDoubleFunction<TomcatSample> figure) {
        return Spread.of(values(contender, figure));
    }

    private Spread ratio(Contender contender, ToDoubleFunction<TomcatSample> figure) {
        return Spread.ofRatios(values(contender, figure), values(plan.peer(contender), figure));
    }

    private List<Double> values(Contender contender, ToDoubleFunction<TomcatSample> figure) {
        return samples.stream()
                .filter(sample -> sample.contender() == contender)
                .map(figure::applyAsDouble)
                .toList();
    }
}

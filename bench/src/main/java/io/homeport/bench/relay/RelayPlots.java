package io.homeport.bench.relay;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.figures.BarPlot;
import io.homeport.bench.figures.PercentilePlot;
import io.homeport.bench.load.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Draws a report: bars of each work's first figure, and of what its relays cost; for single messages every percentile. One thread. */
public final class RelayPlots {
    private final RelayReport report;

    /** Of this report. */
    public RelayPlots(RelayReport report) {
        this.report = report;
    }

    /** Writes relay-WORK.svg and further ones into a directory, which is made if need be. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, String> plot : draw().entrySet()) {
            Files.writeString(directory.resolve(plot.getKey()), plot.getValue());
        }
    }

    /** Each by its file's name. */
    Map<String, String> draw() {
        Map<String, String> plots = new LinkedHashMap<>();
        for (Work work : report.plan().works()) {
            boolean single = work.kind() == Work.Kind.MESSAGES && work.connections() == 1;
            plots.put("relay-" + work + ".svg", single ? percentiles(work) : bars(work, Figure.of(work).get(0)));
            Figure cost = Figure.of(work).stream().filter(Figure::isCpu).findFirst().orElseThrow();
            plots.put("relay-" + work + "-cpu.svg", bars(work, cost));
        }
        return plots;
    }

    private String percentiles(Work work) {
        PercentilePlot plot = new PercentilePlot(work.text());
        report.plan().contenders().forEach(contender -> plot.curve(contender.toString(), report.waits(contender, work)));
        return plot.svg();
    }

    private String bars(Work work, Figure figure) {
        BarPlot plot = new BarPlot(work.text() + ": " + figure.title());
        for (Contender contender : report.plan().contenders()) {
            plot.bar(contender.toString(), report.spread(contender, work, figure), contender.isHomeport());
        }
        return plot.svg();
    }
}

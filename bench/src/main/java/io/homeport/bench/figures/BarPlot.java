package io.homeport.bench.figures;

import java.util.ArrayList;
import java.util.List;

/** Bars, one below the other, each with its median's number and a whisker from the least to the most. One thread. */
public final class BarPlot {
    private static final int WIDTH = 760;
    private static final int LABELS = 130;
    private static final int NUMBERS = 70;
    private static final int TOP = 40;
    private static final int STEP = 24;
    private static final int BAR = 14;

    private record Bar(String label, Spread spread, boolean ours) {}

    private final String title;
    private final List<Bar> bars = new ArrayList<>();

    /** @param title with the unit */
    public BarPlot(String title) {
        this.title = title;
    }

    /** @param ours whether it is to stand out */
    public BarPlot bar(String label, Spread spread, boolean ours) {
        bars.add(new Bar(label, spread, ours));
        return this;
    }

    /** The file. */
    public String svg() {
        Svg svg = new Svg(WIDTH, TOP + STEP * bars.size() + STEP / 2);
        svg.words(LABELS, TOP / 2.0, "start", title);
        double most = bars.stream().mapToDouble(bar -> bar.spread().most()).max().orElse(1);
        double perUnit = (WIDTH - LABELS - NUMBERS) / Math.max(most, Double.MIN_NORMAL);
        for (int row = 0; row < bars.size(); row++) {
            Bar bar = bars.get(row);
            Spread spread = bar.spread();
            double y = TOP + row * STEP;
            double middle = y + BAR / 2.0;
            svg.words(LABELS - 8, y + BAR - 2, "end", bar.label());
            svg.box(LABELS, y, spread.median() * perUnit, BAR, bar.ours() ? "#2a6fdb" : "#b8bec8");
            svg.line(LABELS + spread.least() * perUnit, middle, LABELS + spread.most() * perUnit, middle, "#333333");
            svg.words(LABELS + spread.most() * perUnit + 6, y + BAR - 2, "start", Spread.digits(spread.median()));
        }
        return svg.end();
    }
}

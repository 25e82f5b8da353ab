package io.homeport.bench.figures;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Waits by percentile, a curve for each histogram, both axes logarithmic: each nine takes the same room, as in HdrHistogram's own plots.
 * One thread.
 */
public final class PercentilePlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 150;
    private static final int TOP = 40;
    private static final int BOTTOM = 40;
    private static final int STEPS = 160;
    /** What lies beyond is a handful of waits in a short run. */
    private static final String[] PERCENTILES = {"0 %", "90 %", "99 %", "99.9 %", "99.99 %"};
    private static final int MOST_NINES = PERCENTILES.length - 1;
    private static final double NS_PER_US = 1e3;
    private static final String[] COLORS = {
        "#888888", "#17a398", "#e8871e", "#c1292e", "#8f5db7", "#7a6a53", "#c9a227", "#6ab0ff", "#2a4fdb"
    };

    private record Curve(String label, Histogram waits) {}

    private final String title;
    private final List<Curve> curves = new ArrayList<>();

    /** @param title without the unit, which is microseconds */
    public PercentilePlot(String title) {
        this.title = title;
    }

    /** @param waitsNs in nanoseconds */
    public PercentilePlot curve(String label, Histogram waitsNs) {
        curves.add(new Curve(label, waitsNs));
        return this;
    }

    /** The file. */
    public String svg() {
        Svg svg = new Svg(WIDTH, HEIGHT);
        svg.words(LEFT, TOP / 2.0, "start", title + ", us by percentile");
        int leastPower = power(curves.stream().mapToDouble(curve -> at(curve, 0)).min().orElse(1));
        int mostPower = power(curves.stream().mapToDouble(curve -> at(curve, MOST_NINES)).max().orElse(1)) + 1;
        for (int power = leastPower; power <= mostPower; power++) {
            double y = y(power, leastPower, mostPower);
            svg.line(LEFT, y, WIDTH - RIGHT, y, "#dddddd").words(LEFT - 6, y + 4, "end", Spread.digits(Math.pow(10, power)));
        }
        for (int nines = 0; nines <= MOST_NINES; nines++) {
            svg.line(x(nines), TOP, x(nines), HEIGHT - BOTTOM, "#dddddd");
            svg.words(x(nines), HEIGHT - BOTTOM + 18, "middle", PERCENTILES[nines]);
        }
        for (int index = 0; index < curves.size(); index++) {
            String color = COLORS[index % COLORS.length];
            List<double[]> points = new ArrayList<>();
            for (int step = 0; step <= STEPS; step++) {
                double nines = (double) MOST_NINES * step / STEPS;
                points.add(new double[] {x(nines), y(Math.log10(at(curves.get(index), nines)), leastPower, mostPower)});
            }
            double legend = TOP + 18.0 * index;
            svg.curve(points, color).box(WIDTH - RIGHT + 12, legend, 12, 12, color);
            svg.words(WIDTH - RIGHT + 30, legend + 11, "start", curves.get(index).label());
        }
        return svg.end();
    }

    private static double at(Curve curve, double nines) {
        // A wait of 0 has no logarithm; a nanosecond is off the plot as well.
        return Math.max(1, curve.waits().getValueAtPercentile(percentile(nines))) / NS_PER_US;
    }

    private static double percentile(double nines) {
        return 100 * (1 - Math.pow(10, -nines));
    }

    private static int power(double us) {
        return (int) Math.floor(Math.log10(us));
    }

    private static double x(double nines) {
        return LEFT + (WIDTH - LEFT - RIGHT) * nines / MOST_NINES;
    }

    private static double y(double power, int least, int most) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (power - least) / (most - least);
    }
}

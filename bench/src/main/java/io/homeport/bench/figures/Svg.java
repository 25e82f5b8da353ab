package io.homeport.bench.figures;

import java.util.Locale;

/**
 * A drawing in the making: lines, boxes and words on white, in pixels from the upper left. A few shapes are all that a plot needs, so
 * there is no library: XChart would bring 1.5 MB of further jars, JFreeSVG is under the GPL. One thread.
 */
final class Svg {
    private static final int FONT_PX = 12;

    private final StringBuilder out = new StringBuilder();

    Svg(int width, int height) {
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "font-family=\"sans-serif\" font-size=\"%d\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width, height, width, height, FONT_PX));
    }

    Svg box(double x, double y, double width, double height, String color) {
        return add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x, y, width, height, color);
    }

    Svg line(double fromX, double fromY, double toX, double toY, String color) {
        return add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>", fromX, fromY, toX, toY, color);
    }

    /** Through points of two numbers each. */
    Svg curve(Iterable<double[]> points, String color) {
        StringBuilder path = new StringBuilder();
        points.forEach(point -> path.append(String.format(Locale.ROOT, "%.1f,%.1f ", point[0], point[1])));
        return add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path.toString().strip(), color);
    }

    /** @param anchor start, middle or end: which part of the words is at x */
    Svg words(double x, double y, String anchor, String words) {
        String escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, escaped);
    }

    /** The whole file. */
    String end() {
        return out + "</svg>\n";
    }

    private Svg add(String shape, Object... values) {
        out.append(String.format(Locale.ROOT, shape, values)).append('\n');
        return this;
    }
}

package io.homeport.bench.figures;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What several measurements of one thing came to. The machines are noisy: no figure is told without its spread.
 *
 * @param median of an even number of measurements, the mean of the two in the middle
 * @param least the smallest measurement
 * @param most the largest
 * @param count how many there were, at least 1
 */
public record Spread(double median, double least, double most, int count) {
    /** @throws IllegalArgumentException if there are no measurements */
    public static Spread of(Collection<Double> measured) {
        if (measured.isEmpty()) {
            throw new IllegalArgumentException("a spread of no measurements");
        }
        double[] sorted = measured.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /** {@link #of(Collection)} */
    public static Spread of(double... measured) {
        return of(Arrays.stream(measured).boxed().toList());
    }

    /**
     * The spread of {@code numerators[i] / denominators[i]}: each pair was measured one right after the other, so what disturbed the
     * machine disturbed both, and the ratio says more than its parts.
     *
     * @throws IllegalArgumentException if there are no pairs, or one list is longer
     */
    public static Spread ofRatios(List<Double> numerators, List<Double> denominators) {
        if (numerators.size() != denominators.size()) {
            throw new IllegalArgumentException(numerators.size() + " measurements against " + denominators.size());
        }
        double[] ratios = new double[numerators.size()];
        Arrays.setAll(ratios, i -> numerators.get(i) / denominators.get(i));
        return of(ratios);
    }

    /** Median, least and most as a table's three cells, with as many digits as a measurement deserves. */
    public List<String> cells() {
        return List.of(digits(median), digits(least), digits(most));
    }

    /** Median and, if there were several measurements, least and most in one cell of a table. */
    public String text() {
        return count == 1 ? digits(median) : digits(median) + " (" + digits(least) + " to " + digits(most) + ")";
    }

    /** {@code {median, least, most}} for a program; the caller's own. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("median", median);
        json.put("least", least);
        json.put("most", most);
        return json;
    }

    /** A number with three significant digits, but with none of its whole digits left out. */
    public static String digits(double number) {
        double size = Math.abs(number);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }
}

package io.homeport.bench.idle;

import io.homeport.bench.figures.Spread;
import io.homeport.bench.figures.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What one more idle connection costs: of each round the slope between the smallest and the largest number of connections.
 *
 * @param connections the numbers, at least two different ones
 * @param samples one for each number and round; those of a number in the order of the rounds
 */
public record IdleReport(List<Integer> connections, List<IdleSample> samples) {
    private static final double KB = 1024;
    private static final int MOST_CLASSES = 15;

    /** Keeps the samples. @throws IllegalArgumentException if there is no slope */
    public IdleReport {
        if (connections.stream().distinct().count() < 2) {
            throw new IllegalArgumentException("a slope needs two different numbers of connections, not " + connections);
        }
        samples = List.copyOf(samples);
    }

    /** A row for each part, columns for each daemon and for both: KB for each connection. */
    public Table table() {
        List<String> columns = new ArrayList<>(List.of("KB for each connection"));
        columns.addAll(nodes());
        columns.add("both");
        Table table = new Table(columns.toArray(String[]::new));
        for (Part part : Part.values()) {
            table.row(row(part.title(), (sample, node) -> sample.grownBytes().get(node).get(part)));
            if (part == Part.JOURNAL) {
                table.row(row("sum of these", IdleReport::counted));
            }
        }
        List<String> kernel = new ArrayList<>(List.of("kernel: TCP sockets and files, of client and service, too"));
        kernel.addAll(Collections.nCopies(nodes().size(), ""));
        kernel.add(slope(IdleSample::kernelBytes).text());
        return table.row(kernel);
    }

    /** The classes whose live objects take most for each connection, both daemons together, in the last round: bytes. */
    public Table classes() {
        Table table = new Table("live Java objects, bytes for each connection", "both");
        Map<String, Long> more = new LinkedHashMap<>();
        IdleSample most = last(most());
        IdleSample least = last(least());
        most.objects().forEach((node, objects) ->
                objects.moreThan(least.objects().get(node)).forEach(entry -> more.merge(entry.getKey(), entry.getValue(), Long::sum)));
        more.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Collections.reverseOrder()))
                .limit(MOST_CLASSES)
                .forEach(entry -> table.row(List.of(entry.getKey(), Spread.digits((double) entry.getValue() / (most() - least())))));
        return table;
    }

    /** For a program: the slopes of the table in KB, and every sample's growth in bytes. */
    public Map<String, Object> json() {
        Map<String, Object> kilobytes = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            kilobytes.put(part.title(), bothSlope((sample, node) -> sample.grownBytes().get(node).get(part)).json());
        }
        kilobytes.put("sum", sum().json());
        kilobytes.put("kernel", slope(IdleSample::kernelBytes).json());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("connections", connections);
        json.put("kilobytesEach", kilobytes);
        json.put("grownBytes", samples.stream().map(sample -> Map.of("connections", sample.connections(), "nodes", sample.grownBytes())).toList());
        return json;
    }

    /** KB for each connection, both daemons together. */
    public Spread sum() {
        return bothSlope(IdleReport::counted);
    }

    /** Of one daemon. */
    private interface Figure {
        double bytes(IdleSample sample, String node);
    }

    private static double counted(IdleSample sample, String node) {
        return Arrays.stream(Part.values()).filter(Part::counts).mapToDouble(part -> sample.grownBytes().get(node).get(part)).sum();
    }

    private List<String> row(String title, Figure figure) {
        List<String> cells = new ArrayList<>(List.of(title));
        nodes().forEach(node -> cells.add(slope(sample -> figure.bytes(sample, node)).text()));
        cells.add(bothSlope(figure).text());
        return cells;
    }

    private Spread bothSlope(Figure figure) {
        return slope(sample -> nodes().stream().mapToDouble(node -> figure.bytes(sample, node)).sum());
    }

    private Spread slope(ToDoubleFunction<IdleSample> bytes) {
        List<IdleSample> few = of(least());
        List<IdleSample> many = of(most());
        return Spread.of(IntStream.range(0, many.size())
                .mapToDouble(round -> bytes.applyAsDouble(many.get(round)) - bytes.applyAsDouble(few.get(round)))
                .map(difference -> difference / (most() - least()) / KB)
                .toArray());
    }

    private List<String> nodes() {
        return List.copyOf(samples.get(0).grownBytes().keySet());
    }

    private int least() {
        return Collections.min(connections);
    }

    private int most() {
        return Collections.max(connections);
    }

    private IdleSample last(int count) {
        List<IdleSample> all = of(count);
        return all.get(all.size() - 1);
    }

    private List<IdleSample> of(int count) {
        return samples.stream().filter(sample -> sample.connections() == count).toList();
    }
}

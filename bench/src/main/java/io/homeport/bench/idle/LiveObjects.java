package io.homeport.bench.idle;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes of live Java objects by class.
 *
 * @param byClass by the JVM's name of the class, e.g. {@code [J} for arrays of long
 */
record LiveObjects(Map<String, Long> byClass) {
    /** Number, instances, bytes, name. */
    private static final Pattern ROW = Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(\\S+).*$");

    /** Reads {@code jcmd GC.class_histogram}, which counts live objects only. @throws IllegalArgumentException if it is none */
    static LiveObjects parse(String histogram) {
        Map<String, Long> bytes = new HashMap<>();
        Matcher row = ROW.matcher(histogram);
        while (row.find()) {
            bytes.merge(row.group(2), Long.parseLong(row.group(1)), Long::sum);
        }
        if (bytes.isEmpty()) {
            throw new IllegalArgumentException("no class histogram: " + histogram.strip());
        }
        return new LiveObjects(Map.copyOf(bytes));
    }

    /** Of all classes. */
    long bytes() {
        return byClass.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The classes that have more than in the other, in descending order of how much. */
    List<Map.Entry<String, Long>> moreThan(LiveObjects other) {
        Map<String, Long> more = new HashMap<>();
        byClass.forEach((name, bytes) -> more.put(name, bytes - other.byClass.getOrDefault(name, 0L)));
        return more.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }
}

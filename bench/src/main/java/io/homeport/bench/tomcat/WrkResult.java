package io.homeport.bench.tomcat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk said of one run with {@code --latency}.
 *
 * @param requests all that were answered
 * @param perSecond of them
 * @param p50Us half of the answers came within so many microseconds
 * @param p99Us 99 % of them
 */
record WrkResult(long requests, double perSecond, double p50Us, double p99Us) {
    private static final Pattern ERRORS = Pattern.compile("Socket errors: .*|Non-2xx or 3xx responses: .*");
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern PER_SECOND = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    /**
     * Reads what wrk 4 prints.
     *
     * @throws IllegalStateException in wrk's words, if a connection broke, an answer was not 2xx or 3xx, or there was none
     * @throws IllegalArgumentException if it is not wrk's output
     */
    static WrkResult parse(String output) {
        Matcher errors = ERRORS.matcher(output);
        if (errors.find()) {
            throw new IllegalStateException("wrk: " + errors.group());
        }
        long requests = Long.parseLong(find(REQUESTS, output).group(1));
        if (requests == 0) {
            throw new IllegalStateException("wrk: no request was answered");
        }
        double perSecond = Double.parseDouble(find(PER_SECOND, output).group(1));
        return new WrkResult(requests, perSecond, waitUs(50, output), waitUs(99, output));
    }

    /** A line of the latency distribution, for example {@code 50%    1.03ms}. */
    private static double waitUs(int percent, String output) {
        Matcher line = find(Pattern.compile("\\s" + percent + "%\\s+([0-9.]+)(us|ms|s|m|h)\\s"), output);
        double usPerUnit = switch (line.group(2)) {
            case "us" -> 1;
            case "ms" -> 1e3;
            case "s" -> 1e6;
            case "m" -> 60e6;
            default -> 3600e6;
        };
        return Double.parseDouble(line.group(1)) * usPerUnit;
    }

    private static Matcher find(Pattern wanted, String output) {
        Matcher found = wanted.matcher(output);
        if (!found.find()) {
            throw new IllegalArgumentException("no '" + wanted + "' in what wrk said: " + output.strip());
        }
        return found;
    }
}

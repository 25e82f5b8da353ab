package io.homeport.bench.moves;

import io.homeport.report.Json;
import io.homeport.report.MigrationReport;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code homeport migrate --json} says of a move.
 *
 * @param stepMs milliseconds of each step, in their order
 * @param frozenMs milliseconds for which the service stood still, as the source saw it
 * @param imageBytes bytes that travelled
 */
public record Moved(Map<String, Double> stepMs, double frozenMs, long imageBytes) {
    /** Reads the last line of the command's output. @throws IllegalArgumentException if that is no report of a move */
    static Moved parse(String output) {
        String[] lines = output.strip().split("\n");
        MigrationReport report = Json.read(lines[lines.length - 1], MigrationReport.class);
        if (report.steps() == null) {
            throw new IllegalArgumentException("no report of a move: " + lines[lines.length - 1]);
        }
        Map<String, Double> stepMs = new LinkedHashMap<>();
        report.steps().forEach(step -> stepMs.put(step.step(), step.ms()));
        return new Moved(stepMs, report.silenceMs(), report.imageBytes());
    }
}

package io.homeport.report;

import java.util.List;

/**
 * What a migration did.
 *
 * @param service its name
 * @param pid at the destination
 * @param from the source
 * @param to the destination
 * @param silenceMs from the freeze at the source to the thaw at the destination
 * @param totalMs of the whole command
 * @param imageBytes of the process images
 * @param streams sockets that stayed where they were opened
 * @param steps in their order
 */
public record MigrationReport(
        String service,
        long pid,
        String from,
        String to,
        double silenceMs,
        double totalMs,
        long imageBytes,
        int streams,
        List<StepTime> steps) {
    /** What one step took. */
    public record StepTime(String step, double ms) {}
}

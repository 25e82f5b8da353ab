package io.homeport.migration.departure;

import java.util.Map;

/**
 * What a completed move looked like from the source.
 *
 * @param service the service's name
 * @param from the source
 * @param to the destination
 * @param pid the process's id at the destination
 * @param streams streams that moved their end
 * @param imageBytes bytes that travelled
 * @param stepMs milliseconds each step took, in their order
 * @param frozenMs from the freeze at the source until the destination said that the copy runs
 */
public record MoveReport(
        String service,
        String from,
        String to,
        int pid,
        int streams,
        long imageBytes,
        Map<String, Double> stepMs,
        double frozenMs) {}

package io.homeport.workload;

/**
 * What came out at the end of one checked connection, seen by the client; {@link #problem} is null if both directions were right.
 *
 * @param label which connection
 * @param sentBytes by the client, the hello not counted
 * @param receivedBytes by the client, the trailer not counted
 * @param longestSilenceMs longest time between two arrivals while an answer was owed
 * @param problem what went wrong, or null
 */
public record Verdict(String label, long sentBytes, long receivedBytes, long longestSilenceMs, String problem) {
    /** Whether every byte of both directions was where it belongs. */
    public boolean right() {
        return problem == null;
    }
}

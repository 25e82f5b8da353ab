package io.homeport.bench.moves;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One move, what its clients heard of it, and the floor measured beside it.
 *
 * @param silencesNs the longest wait of each connection
 * @param addressed a move by {@code criu --tcp-established} beside it, if that was asked for
 */
public record MoveSample(String from, String to, long[] silencesNs, Moved moved, Floor floor, Optional<AddressedMove> addressed) {
    /** The same with a move by {@code criu --tcp-established} beside it, or none. */
    MoveSample beside(Optional<AddressedMove> move) {
        return new MoveSample(from, to, silencesNs, moved, floor, move);
    }

    /** The silence that half of the connections did not exceed, ms. */
    public double silenceMsP50() {
        long[] sorted = silencesNs.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2] / 1e6;
    }

    /** The longest silence of all connections, ms. */
    public double silenceMsMax() {
        return Arrays.stream(silencesNs).max().orElseThrow() / 1e6;
    }

    @Override
    public String toString() {
        String beside = addressed.map(move -> String.format(Locale.ROOT, "; --tcp-established: silence %.0f ms (max)", move.silenceMsMax()))
                .orElse("");
        return String.format(
                Locale.ROOT,
                "%s -> %s: silence %.0f ms (p50), %.0f ms (max); dump and restore by hand %.0f ms",
                from, to, silenceMsP50(), silenceMsMax(), floor.totalMs())
                + beside;
    }
}

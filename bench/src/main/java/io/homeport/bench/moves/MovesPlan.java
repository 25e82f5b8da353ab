package io.homeport.bench.moves;

import java.nio.file.Path;
import java.util.List;

/**
 * What is measured.
 *
 * @param connections numbers of them, one after the other
 * @param moves for each number; the first does not count
 * @param heapMb live data of the service
 * @param intervalMs between two pings of a connection
 * @param mostPings a second, of all connections; more connections ping more rarely
 * @param tcpEstablished whether another service is moved by {@code criu --tcp-established}, its address along
 * @param criu for what is done by hand, null for the one that Homeport uses
 * @param seed for the order within each pair and the pauses
 */
public record MovesPlan(
        List<Integer> connections, int moves, int heapMb, double intervalMs, int mostPings, boolean tcpEstablished, Path criu, long seed) {
    private static final double INTERVAL_MS = 5;
    private static final int MOST_PINGS = 2_000;

    /** @throws IllegalArgumentException if there is nothing to measure */
    public MovesPlan {
        if (moves < 2 || mostPings < 1 || connections.isEmpty() || connections.stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException("at least 2 moves, 1 ping a second and 1 connection");
        }
    }

    /** With the pings that the command has by default, and Homeport's own CRIU. */
    public static MovesPlan of(List<Integer> connections, int moves, int heapMb, long seed) {
        return new MovesPlan(connections, moves, heapMb, INTERVAL_MS, MOST_PINGS, false, null, seed);
    }
}

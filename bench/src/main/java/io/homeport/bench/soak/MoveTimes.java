package io.homeport.bench.soak;

import io.homeport.report.Json;
import io.homeport.report.MigrationReport;
import java.util.concurrent.TimeUnit;

/** How long a move takes here, as far as is known; later ones count more. The command's thread. */
final class MoveTimes {
    private static final double WEIGHT = 0.2;
    private static final double NS_PER_MS = 1e6;

    /** Before anything is known: how long the command takes to get to its daemon, and the move then. */
    private double leadNs = TimeUnit.MILLISECONDS.toNanos(500);

    private double moveNs = TimeUnit.MILLISECONDS.toNanos(1_000);

    /** Takes note of a move that went well. */
    void learn(MoveTry.Ended ended) {
        if (ended.status() == 0) {
            String[] lines = ended.text().split("\n");
            double totalNs = Json.read(lines[lines.length - 1], MigrationReport.class).totalMs() * NS_PER_MS;
            leadNs += WEIGHT * (Math.max(0, ended.tookNs() - totalNs) - leadNs);
            moveNs += WEIGHT * (totalNs - moveNs);
        }
    }

    /** A moment of a move, in ns after its command is started. @param part 0 when the daemon begins, 1 when the move is over */
    long momentNs(double part) {
        return (long) (leadNs + part * moveNs);
    }
}

package io.homeport.bench.moves;

import java.util.Arrays;

/**
 * A move by hand with {@code criu --tcp-established}, and what the clients heard of it.
 *
 * @param silencesNs the longest wait of each connection
 * @param awayMs milliseconds for which no node answered for the service's address: dump and restore are part of it
 * @param dumpMs milliseconds that {@code criu dump} ran
 * @param restoreMs milliseconds that {@code criu restore} ran
 * @param imageBytes size of the images
 */
public record AddressedMove(long[] silencesNs, double awayMs, double dumpMs, double restoreMs, long imageBytes) {
    /** The longest silence of all connections, ms. */
    public double silenceMsMax() {
        return Arrays.stream(silencesNs).max().orElseThrow() / 1e6;
    }

    /** Reads what with-its-address.sh prints. */
    static AddressedMove parse(String line, long[] silencesNs) {
        String[] words = line.strip().split(" ");
        return new AddressedMove(
                silencesNs,
                Long.parseLong(words[0]) / 1e3,
                Long.parseLong(words[1]) / 1e3,
                Long.parseLong(words[2]) / 1e3,
                Long.parseLong(words[3]));
    }
}

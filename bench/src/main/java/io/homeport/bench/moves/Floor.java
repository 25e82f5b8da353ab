package io.homeport.bench.moves;

/**
 * A checkpoint and a restore by hand.
 *
 * @param dumpMs milliseconds that {@code criu dump} ran
 * @param restoreMs milliseconds that {@code criu restore} ran
 * @param imageBytes size of the images
 */
public record Floor(double dumpMs, double restoreMs, long imageBytes) {
    /** What a service could be still for at least, if nothing had to be carried anywhere. */
    public double totalMs() {
        return dumpMs + restoreMs;
    }

    /** Reads what by-hand.sh prints. */
    static Floor parse(String line) {
        String[] words = line.strip().split(" ");
        return new Floor(Long.parseLong(words[0]) / 1e3, Long.parseLong(words[1]) / 1e3, Long.parseLong(words[2]));
    }
}

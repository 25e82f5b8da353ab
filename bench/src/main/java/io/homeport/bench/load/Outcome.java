package io.homeport.bench.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What came of an {@link Order}, as one line.
 *
 * @param units messages answered, or bytes that have arrived
 * @param ns from the first of them to the last
 * @param waits of the answers, in nanoseconds; empty for bytes
 */
public record Outcome(long units, long ns, Histogram waits) {
    private static final String FAILED = "failed ";
    private static final long LONGEST_WAIT_NS = 60_000_000_000L;

    /** A histogram for waits of up to a minute, to three digits. */
    public static Histogram newWaits() {
        return new Histogram(LONGEST_WAIT_NS, 3);
    }

    /** Puts a wait into such a histogram; longer than a minute is a minute. */
    static void record(Histogram waits, long waitNs) {
        waits.recordValue(Math.min(waitNs, LONGEST_WAIT_NS));
    }

    /** Without a line feed. */
    String line() {
        ByteBuffer packed = ByteBuffer.allocate(waits.getNeededByteBufferCapacity());
        int size = waits.encodeIntoCompressedByteBuffer(packed);
        return units + " " + ns + " " + Base64.getEncoder().encodeToString(Arrays.copyOf(packed.array(), size));
    }

    /** The line of an order that failed. */
    static String failure(Exception why) {
        return FAILED + why.toString().replace('\n', ' ');
    }

    /** @throws IllegalStateException with the client's own words, if it failed. @throws IllegalArgumentException if it is no outcome */
    public static Outcome parse(String line) {
        if (line.startsWith(FAILED)) {
            throw new IllegalStateException(line.substring(FAILED.length()));
        }
        String[] words = line.split(" ");
        if (words.length != 3) {
            throw new IllegalArgumentException("no outcome: " + line);
        }
        try {
            byte[] packed = Base64.getDecoder().decode(words[2]);
            Histogram waits = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(packed), LONGEST_WAIT_NS);
            return new Outcome(Long.parseLong(words[0]), Long.parseLong(words[1]), waits);
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("no outcome: " + line, broken);
        }
    }
}

package io.homeport.workload;

/**
 * An endless stream of bytes that any reader can check: the byte at a position is a function of the seed and of the position
 * alone, and does not repeat, so loss, doubling and reordering all show as a mismatch at the place where they happened.
 *
 * <pre>
 *   position   0 ........ 7 | 8 ....... 15 | 16 ...
 *   bytes      mix(seed, 0) | mix(seed, 1) | mix(seed, 2)      eight bytes each, little endian
 * </pre>
 *
 * Stateless; any thread.
 */
public final class CheckedBytes {
    private CheckedBytes() {}

    /** Writes bytes {@code [position, position + length)} of the stream {@code seed} to {@code into} from {@code offset}. */
    public static void fill(long seed, long position, byte[] into, int offset, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            long at = position + i;
            if (i == 0 || (at & 7) == 0) {
                word = mix(seed, at >>> 3);
            }
            into[offset + i] = (byte) (word >>> ((at & 7) << 3));
        }
    }

    /** Returns bytes {@code [position, position + length)} of the stream {@code seed}. */
    public static byte[] of(long seed, long position, int length) {
        byte[] bytes = new byte[length];
        fill(seed, position, bytes, 0, length);
        return bytes;
    }

    /** Index (from 0) of the first of {@code length} bytes that is not the stream's byte at its place, or -1 if all are. */
    public static int firstMismatch(long seed, long position, byte[] bytes, int offset, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            long at = position + i;
            if (i == 0 || (at & 7) == 0) {
                word = mix(seed, at >>> 3);
            }
            if (bytes[offset + i] != (byte) (word >>> ((at & 7) << 3))) {
                return i;
            }
        }
        return -1;
    }

    /** The seed of the answers to a stream: both directions of a connection differ, so an echo of the wrong one is seen. */
    public static long answerSeed(long seed) {
        return ~seed;
    }

    /** SplitMix64's finaliser (Steele, Lea, Flood 2014) over a counter. */
    private static long mix(long seed, long index) {
        long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

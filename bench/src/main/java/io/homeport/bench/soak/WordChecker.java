package io.homeport.bench.soak;

import java.nio.ByteBuffer;

/**
 * Judges what comes back on one connection, where numbered words went out.
 *
 * <pre>
 *   word: 0 tag (2 bytes), the connection's | 2 number (6 bytes): 0, 1, 2 ...
 *   next + n  lost: 8 n bytes      less than next  doubled: 8 bytes      another tag, or never sent  mismatched: 8 bytes
 * </pre>
 *
 * <p>Used by one thread.
 */
final class WordChecker {
    static final int WORD_BYTES = 8;
    private static final int NUMBER_BITS = 48;
    private static final long NUMBERS = (1L << NUMBER_BITS) - 1;

    private final long tag;
    private final ByteBuffer part = ByteBuffer.allocate(WORD_BYTES);
    private final WordCounts counts = new WordCounts();
    private long next;

    /** @param connection its lowest 16 bits are the tag */
    WordChecker(int connection) {
        tag = (connection & 0xffffL) << NUMBER_BITS;
    }

    /** The word with this number. */
    long word(long number) {
        return tag | number & NUMBERS;
    }

    /** Takes what arrived. @param sentWords how many words have been sent, or handed to the socket, so far */
    void take(ByteBuffer bytes, long sentWords) {
        while (bytes.hasRemaining()) {
            while (part.hasRemaining() && bytes.hasRemaining()) {
                part.put(bytes.get());
            }
            if (!part.hasRemaining()) {
                judge(part.getLong(0), sentWords);
                part.clear();
            }
        }
    }

    /** The connection has ended in an orderly way. */
    void end(long sentWords) {
        counts.lostBytes += Math.max(0, sentWords - next) * WORD_BYTES;
        counts.mismatchedBytes += part.position();
        next = Math.max(next, sentWords);
        part.clear();
    }

    /** Words up to here have come back, or are known to be lost. */
    long next() {
        return next;
    }

    WordCounts counts() {
        return counts;
    }

    private void judge(long word, long sentWords) {
        long number = word & NUMBERS;
        if ((word & ~NUMBERS) != tag || number >= sentWords) {
            counts.mismatchedBytes += WORD_BYTES;
        } else if (number < next) {
            counts.doubledBytes += WORD_BYTES;
        } else {
            counts.lostBytes += (number - next) * WORD_BYTES;
            counts.goodBytes += WORD_BYTES;
            next = number + 1;
        }
    }
}

package io.homeport.stream;

/**
 * What one direction's sender has read and its receiver has not acknowledged: an index into the journal. Pure arithmetic; data loop.
 *
 * <pre>
 *        acked                                  end
 *   ───────┼── item ──┼── item ──┼─ item ─┼─E────┼──►  offsets          E: an end, one offset wide
 *          released to the journal as whole items fall below acked
 * </pre>
 */
final class OutLog {
    /** A stream that says little has one or two under way, and most streams of a node say little: each holds this for good. */
    private static final int INITIAL_ITEMS = 2;

    private long[] offsets = new long[INITIAL_ITEMS];
    private long[] indexes = new long[INITIAL_ITEMS];
    private int[] lengths = new int[INITIAL_ITEMS];
    private byte[] marks = new byte[INITIAL_ITEMS];
    private int head;
    private int size;
    private long acked;
    private long end;
    private long retainedBytes;

    OutLog(long start) {
        acked = start;
        end = start;
    }

    /** Takes back what is not needed any more. */
    interface Release {
        void release(long journalIndex, int payloadBytes);
    }

    /** Writes an item to the journal again. @return its new index */
    interface Rewriter {
        long rewrite(long journalIndex, byte mark, long offset);
    }

    /** Appends an item; {@code length} is 1 for an end. */
    void append(byte mark, int length, long journalIndex) {
        if (size == offsets.length) {
            grow();
        }
        int at = head + size & offsets.length - 1;
        offsets[at] = end;
        indexes[at] = journalIndex;
        lengths[at] = length;
        marks[at] = mark;
        size++;
        end += length;
        retainedBytes += length;
    }

    /** Forgets everything: what follows begins at {@code offset}. */
    void restart(long offset, Release release) {
        ack(end, release);
        acked = offset;
        end = offset;
    }

    /** The receiver has all below {@code offset}. */
    void ack(long offset, Release release) {
        if (offset > end) {
            throw new IllegalArgumentException("acknowledged " + offset + " of " + end);
        }
        acked = Math.max(acked, offset);
        while (size > 0 && offsets[head] + lengths[head] <= acked) {
            retainedBytes -= lengths[head];
            release.release(indexes[head], payloadBytes(head));
            head = head + 1 & offsets.length - 1;
            size--;
        }
    }

    /** Has all items written again, in order, and then releases them where they were: a kill in between leaves one whole sequence. */
    void rewrite(Rewriter rewriter, Release release) {
        long[] old = new long[size];
        for (int i = 0; i < size; i++) {
            int at = head + i & offsets.length - 1;
            old[i] = indexes[at];
            indexes[at] = rewriter.rewrite(old[i], marks[at], offsets[at]);
        }
        for (int i = 0; i < old.length; i++) {
            release.release(old[i], payloadBytes(head + i & offsets.length - 1));
        }
    }

    /** Journal index of the oldest item, {@link Long#MAX_VALUE} if there is none. */
    long oldest() {
        return size == 0 ? Long.MAX_VALUE : indexes[head];
    }

    /** Place of the item that holds {@code offset}, which is in [acked, end). */
    int find(long offset) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (offsets[head + middle & offsets.length - 1] <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int at = head + low & offsets.length - 1;
        if (size == 0 || offset < offsets[at] || offset >= offsets[at] + lengths[at]) {
            throw new IllegalArgumentException("offset " + offset + " is not kept: " + this);
        }
        return at;
    }

    long offset(int at) {
        return offsets[at];
    }

    int length(int at) {
        return lengths[at];
    }

    byte mark(int at) {
        return marks[at];
    }

    long journalIndex(int at) {
        return indexes[at];
    }

    long acked() {
        return acked;
    }

    long end() {
        return end;
    }

    /** Bytes (and ends) that the journal keeps for this direction. */
    long retainedBytes() {
        return retainedBytes;
    }

    @Override
    public String toString() {
        return "[" + acked + ", " + end + ") in " + size + " items";
    }

    private int payloadBytes(int at) {
        return Mark.isEnd(marks[at]) ? 0 : lengths[at];
    }

    private void grow() {
        int mask = offsets.length - 1;
        long[] newOffsets = new long[2 * size];
        long[] newIndexes = new long[2 * size];
        int[] newLengths = new int[2 * size];
        byte[] newMarks = new byte[2 * size];
        for (int i = 0; i < size; i++) {
            int at = head + i & mask;
            newOffsets[i] = offsets[at];
            newIndexes[i] = indexes[at];
            newLengths[i] = lengths[at];
            newMarks[i] = marks[at];
        }
        offsets = newOffsets;
        indexes = newIndexes;
        lengths = newLengths;
        marks = newMarks;
        head = 0;
    }
}

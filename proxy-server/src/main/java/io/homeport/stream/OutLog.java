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
    /** A stream that says little has one under way, and most streams of a node say little: each holds this for good. */
    private static final int INITIAL_ITEMS = 1;

    private static final int MARK_BITS = 3;

    /** A ring: of each item its offset, with its mark in the lowest bits, and its place in the journal. It ends where the next one begins. */
    private long[] items = new long[2 * INITIAL_ITEMS];

    private int head;
    private int size;
    private long acked;
    private long end;

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
        if (size == capacity()) {
            grow();
        }
        int at = place(size++);
        items[2 * at] = end << MARK_BITS | mark;
        items[2 * at + 1] = journalIndex;
        end += length;
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
        while (size > 0 && offset(head) + length(head) <= acked) {
            release.release(journalIndex(head), payloadBytes(head));
            head = place(1);
            size--;
        }
    }

    /** Has all items written again, in order, and then releases them where they were: a kill in between leaves one whole sequence. */
    void rewrite(Rewriter rewriter, Release release) {
        long[] old = new long[size];
        for (int i = 0; i < size; i++) {
            int at = place(i);
            old[i] = journalIndex(at);
            items[2 * at + 1] = rewriter.rewrite(old[i], mark(at), offset(at));
        }
        for (int i = 0; i < old.length; i++) {
            release.release(old[i], payloadBytes(place(i)));
        }
    }

    /** Journal index of the oldest item, {@link Long#MAX_VALUE} if there is none. */
    long oldest() {
        return size == 0 ? Long.MAX_VALUE : journalIndex(head);
    }

    /** Place of the item that holds {@code offset}, which is in [acked, end). */
    int find(long offset) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (offset(place(middle)) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int at = place(low);
        if (size == 0 || offset < offset(at) || offset >= offset(at) + length(at)) {
            throw new IllegalArgumentException("offset " + offset + " is not kept: " + this);
        }
        return at;
    }

    long offset(int at) {
        return items[2 * at] >> MARK_BITS;
    }

    int length(int at) {
        int next = at + 1 & capacity() - 1;
        return (int) ((next == place(size) ? end : offset(next)) - offset(at));
    }

    byte mark(int at) {
        return (byte) (items[2 * at] & (1 << MARK_BITS) - 1);
    }

    long journalIndex(int at) {
        return items[2 * at + 1];
    }

    long acked() {
        return acked;
    }

    long end() {
        return end;
    }

    /** Bytes (and ends) that the journal keeps for this direction. */
    long retainedBytes() {
        return size == 0 ? 0 : end - offset(head);
    }

    @Override
    public String toString() {
        return "[" + acked + ", " + end + ") in " + size + " items";
    }

    private int payloadBytes(int at) {
        return Mark.isEnd(mark(at)) ? 0 : length(at);
    }

    /** Where the item number {@code i} from the oldest is, or would be. */
    private int place(int i) {
        return head + i & capacity() - 1;
    }

    private int capacity() {
        return items.length / 2;
    }

    private void grow() {
        long[] more = new long[2 * items.length];
        // The ring, cut open at its head.
        System.arraycopy(items, 2 * head, more, 0, items.length - 2 * head);
        System.arraycopy(items, 0, more, items.length - 2 * head, 2 * head);
        items = more;
        head = 0;
    }
}

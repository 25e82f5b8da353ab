package io.homeport.stream;

/**
 * What one direction's sender has read and its receiver has not acknowledged, and where each item of it lies: at an index of the journal, or,
 * below zero, in a place of the landing. Pure arithmetic; data loop.
 *
 * <pre>
 *        acked                                  end
 *   ───────┼── item ──┼── item ──┼─ item ─┼─E────┼──►  offsets          E: an end, one offset wide
 *          released as whole items fall below acked
 *          └ in the journal ─────┴ in places ────┘                      in this order: so a kill leaves the journal without gaps
 * </pre>
 */
final class OutLog {
    /** A stream that says little has one under way, and most streams of a node say little: each holds this for good. */
    private static final int INITIAL_ITEMS = 1;

    private static final int MARK_BITS = 3;

    /** A ring: of each item its offset, with its mark in the lowest bits, and where it lies. It ends where the next one begins. */
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
        void release(long index, int payloadBytes);
    }

    /** Writes an item to the journal's end. @return its index there */
    interface Rewriter {
        long rewrite(long index, byte mark, long offset, int payloadBytes);
    }

    /** Appends an item; {@code length} is 1 for an end. After one in a place comes no other than in a place. */
    void append(byte mark, int length, long index) {
        if (size == capacity()) {
            grow();
        }
        int at = place(size++);
        items[2 * at] = end << MARK_BITS | mark;
        items[2 * at + 1] = index;
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
            release.release(index(head), payloadBytes(head));
            head = place(1);
            size--;
        }
    }

    /** Has what is in the journal written again, in order, and then releases it where it was: a kill in between leaves one whole sequence. */
    void moveUp(Rewriter rewriter, Release release) {
        rewrite(0, journalled(), rewriter, release);
    }

    /** Has what is in places written to the journal, in order, and then releases the places. */
    void empty(Rewriter rewriter, Release release) {
        rewrite(journalled(), size, rewriter, release);
    }

    /** Journal index of the oldest item, {@link Long#MAX_VALUE} if the journal has none. */
    long oldest() {
        return size == 0 || index(head) < 0 ? Long.MAX_VALUE : index(head);
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

    /** Where it lies. */
    long index(int at) {
        return items[2 * at + 1];
    }

    long acked() {
        return acked;
    }

    long end() {
        return end;
    }

    /** Bytes (and ends) that are kept for this direction. */
    long retainedBytes() {
        return size == 0 ? 0 : end - offset(head);
    }

    @Override
    public String toString() {
        return "[" + acked + ", " + end + ") in " + size + " items";
    }

    private void rewrite(int from, int to, Rewriter rewriter, Release release) {
        long[] old = new long[to - from];
        for (int i = from; i < to; i++) {
            int at = place(i);
            old[i - from] = index(at);
            items[2 * at + 1] = rewriter.rewrite(index(at), mark(at), offset(at), payloadBytes(at));
        }
        for (int i = from; i < to; i++) {
            release.release(old[i - from], payloadBytes(place(i)));
        }
    }

    /** How many items are in the journal. */
    private int journalled() {
        int count = 0;
        while (count < size && index(place(count)) >= 0) {
            count++;
        }
        return count;
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

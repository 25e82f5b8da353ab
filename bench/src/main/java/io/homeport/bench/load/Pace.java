package io.homeport.bench.load;

import java.util.concurrent.locks.LockSupport;

/**
 * A fixed rate, and from when on an answer's wait counts, so that a client that was held up counts what it could not send meanwhile (no
 * coordinated omission). Pure but for {@link #await}.
 *
 * <pre>
 *   due          │  #0        #1        #2        #3
 *   under way    │  ├──────────────────────┤├──┤├─┤
 *   wait counts  │  ├──────────────────────┤           #0: from when it was sent
 *                │            ├───────────────┤         #1, #2: from when they were due, for #0 was in the way
 * </pre>
 *
 * A timer that wakes the client late is the client's fault and no contender's: a client that was free counts from when it did send.
 *
 * @param startNs when message 0 is due
 * @param stepNs between two messages
 */
record Pace(long startNs, long stepNs) {
    /** When that message is due. */
    long dueNs(long number) {
        return startNs + number * stepNs;
    }

    /** From when that message's wait counts. @param freeNs when the answer to the one before it had come */
    long countsFromNs(long number, long freeNs, long sentNs) {
        return freeNs > dueNs(number) ? dueNs(number) : sentNs;
    }

    /** Sleeps until that message is due; not at all if it is late. @return now */
    long await(long number) {
        long now = System.nanoTime();
        for (long leftNs = dueNs(number) - now; leftNs > 0; leftNs = dueNs(number) - now) {
            LockSupport.parkNanos(leftNs);
            now = System.nanoTime();
        }
        return now;
    }
}

package io.homeport.hostile;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What hostile input may cost: memory in proportion to its own length. Fuzz tests run what they test inside of {@link #bounded}. Any thread.
 */
public final class Cost {
    /** What the code under test needs for the shortest input: far below what a length of four bytes can claim. */
    private static final long FIXED_BYTES = 16L << 20;

    /** Objects that one byte of input may become: a line of YAML or a Data frame is some objects of 30 bytes each. */
    private static final long PER_INPUT_BYTE = 2_000;

    private static final int RUNS = 3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Cost() {}

    /** Something that may throw what it declares. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /**
     * Runs {@code work} on this thread and fails if it allocates out of proportion to {@code inputBytes}. What allocates too much is run again
     * before it is blamed: the first time a class is loaded, Jazzer instruments it on this thread.
     */
    public static <E extends Exception> void bounded(int inputBytes, Work<E> work) throws E {
        long mostBytes = FIXED_BYTES + PER_INPUT_BYTE * inputBytes;
        long allocated = mostBytes + 1;
        for (int run = 0; run < RUNS && allocated > mostBytes; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            work.run();
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        if (allocated > mostBytes) {
            throw new AssertionError(inputBytes + " bytes of input made the daemon allocate " + allocated);
        }
    }
}

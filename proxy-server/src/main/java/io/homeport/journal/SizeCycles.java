package io.homeport.journal;

import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.RollCycle;

/**
 * The clock that Chronicle Queue rolls its files by. It stands still until a file has {@code cycleBytes} in it and then jumps to the next
 * cycle: so files are cut by size and not by the time of day. Used by the journal's thread.
 */
final class SizeCycles implements TimeProvider {
    private final RollCycle rollCycle;
    private final long cycleBytes;
    private int cycle;
    private long bytesInCycle;

    SizeCycles(RollCycle rollCycle, long cycleBytes, int firstCycle) {
        this.rollCycle = rollCycle;
        this.cycleBytes = cycleBytes;
        this.cycle = firstCycle;
    }

    /** Counts a record about to be written; true if it is the first of a new cycle. */
    boolean add(int bytes) {
        boolean rolls = bytesInCycle > 0 && bytesInCycle + bytes > cycleBytes;
        if (rolls) {
            cycle++;
            bytesInCycle = 0;
        }
        bytesInCycle += bytes;
        return rolls;
    }

    long cycleBytes() {
        return cycleBytes;
    }

    int cycle() {
        return cycle;
    }

    @Override
    public long currentTimeMillis() {
        return (long) cycle * rollCycle.lengthInMillis();
    }
}

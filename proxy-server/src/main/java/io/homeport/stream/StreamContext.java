package io.homeport.stream;

import io.homeport.estate.Estate;
import io.homeport.estate.Landing;
import io.homeport.estate.Slot;
import io.homeport.journal.Journal;
import java.util.ArrayDeque;
import java.util.function.IntSupplier;
import org.agrona.ExpandableArrayBuffer;

/**
 * What all streams of a node share: journal, limits, frames, and the acknowledgements that wait to be sent together. Data loop.
 */
final class StreamContext {
    /** A quarter: the journal keeps what streams on the road hold, too, and their limit is the whole. */
    private static final int WINDOWS_PART = 4;
    /** A few reads of a small stream. */
    private static final int LEAST_WINDOW_BYTES = 16 << 10;

    final Journal journal;
    final Estate estate;
    final Landing landing;
    final StreamLimits limits;
    final PlaceHolders holders = new PlaceHolders();
    final StreamFrames frames = new StreamFrames();
    final SharedParts shared = new SharedParts();
    /** For what is written and used up at once. */
    final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(Slot.MAX_DESCRIPTION_BYTES);
    private final Timer timer;
    private final ArrayDeque<StreamEnd> acksDue = new ArrayDeque<>();
    private boolean acksScheduled;
    private IntSupplier streams = () -> 1;
    private JournalSweep sweep;

    /** Runs something on the data loop later. */
    @FunctionalInterface
    interface Timer {
        void after(long delayMs, Runnable task);
    }

    /** Without an estate: everything ends with the process. */
    StreamContext(Journal journal, StreamLimits limits, Timer timer) {
        this(journal, Estate.unkept(), limits, timer);
    }

    StreamContext(Journal journal, Estate estate, StreamLimits limits, Timer timer) {
        this.journal = journal;
        this.estate = estate;
        this.landing = estate.landing();
        this.limits = limits;
        this.timer = timer;
    }

    /** Who keeps the journal's files few. */
    void sweepWith(JournalSweep journalSweep) {
        sweep = journalSweep;
    }

    /** Something was appended. */
    void tidyJournal() {
        if (sweep != null) {
            sweep.appended();
        }
    }

    /** Who knows how many ends the node has now. */
    void countStreams(IntSupplier count) {
        streams = count;
    }

    /**
     * What one direction of a stream may have on its way now. All of them share a part of the journal's total: bytes that are on their way are
     * in the sender's journal, and in the receiver's memory if its application does not read. So that many stuck streams are no more than a
     * few, each gets less when there are many.
     */
    int windowBytes() {
        long share = limits.journalTotalBytes() / WINDOWS_PART / Math.max(1, streams.getAsInt());
        return (int) Math.min(limits.windowBytes(), Math.max(LEAST_WINDOW_BYTES, share));
    }

    void after(long delayMs, Runnable task) {
        timer.after(delayMs, task);
    }

    /** Sends {@code end}'s acknowledgement within the delay, together with others'. */
    void ackSoon(StreamEnd end) {
        acksDue.add(end);
        if (!acksScheduled) {
            acksScheduled = true;
            timer.after(limits.ackDelayMs(), this::sendAcks);
        }
    }

    private void sendAcks() {
        acksScheduled = false;
        for (StreamEnd end = acksDue.poll(); end != null; end = acksDue.poll()) {
            end.inflow().sendAckIfDue();
        }
    }
}

package io.homeport.stream;

import io.homeport.estate.Estate;
import io.homeport.estate.Landing;
import io.homeport.journal.Journal;
import java.util.ArrayDeque;

/**
 * What all streams of a node share: journal, limits, frames, and the acknowledgements that wait to be sent together. Data loop.
 */
final class StreamContext {
    final Journal journal;
    final Estate estate;
    final Landing landing;
    final StreamLimits limits;
    final OutLog.Release release;
    final StreamFrames frames = new StreamFrames();
    private final Timer timer;
    private final ArrayDeque<StreamEnd> acksDue = new ArrayDeque<>();
    private boolean acksScheduled;

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
        this.release = journal::release;
        this.limits = limits;
        this.timer = timer;
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

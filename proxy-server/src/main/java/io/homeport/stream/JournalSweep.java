package io.homeport.stream;

/**
 * Keeps the journal's files few when streams whose receivers do not read pin old ones.
 *
 * <pre>
 *   | a . . . | . . . . | b . . . | c c c c | c         too many files: a, whose record is the oldest, moves to the end
 *   |   gone  |   gone  | b . . . | c c c c | c a
 * </pre>
 *
 * <p>All streams together need no more than {@code journalTotalBytes}, so among half as many files again one is half empty, and moving pays.
 * One stream for each turn of the loop, at most {@code journalLimitBytes}. Data loop.
 */
final class JournalSweep {
    private final StreamPlane plane;
    private final StreamContext context;
    private final long mostFiles;
    private boolean scheduled;
    private Outflow oldest;

    JournalSweep(StreamPlane plane, StreamContext context) {
        this.plane = plane;
        this.context = context;
        this.mostFiles = Math.max(2, context.limits.journalTotalBytes() * 3 / 2 / context.journal.cycleBytes());
    }

    /** The journal may have begun another file. */
    void appended() {
        if (!scheduled && context.journal.files() > mostFiles) {
            scheduled = true;
            context.after(0, this::moveUpOne);
        }
    }

    private void moveUpOne() {
        scheduled = false;
        plane.deputies().all().forEach(deputy -> consider(deputy.end));
        plane.stubTable().all().forEach(stub -> consider(stub.end));
        if (oldest != null) {
            oldest.moveUp();
            oldest = null;
            appended();
        }
    }

    /** @param end null for a listener's */
    private void consider(StreamEnd end) {
        long record = end == null ? Long.MAX_VALUE : end.outflow().oldestRecord();
        if (record < (oldest == null ? Long.MAX_VALUE : oldest.oldestRecord())) {
            oldest = end.outflow();
        }
    }
}

package io.homeport.migration.contract;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The migrations of which this node is the source, from before the offer until nothing of them is asked any more: what an
 * {@code Inquiry} of their destinations is answered from. Any thread.
 */
public final class Underway {
    private final CommitLog commitLog;
    private final Set<Long> ids = ConcurrentHashMap.newKeySet();

    public Underway(CommitLog commitLog) {
        this.commitLog = commitLog;
    }

    /** A migration begins; ids are random and never come again. */
    public void begin(long migrationId) {
        ids.add(migrationId);
    }

    /** It is over in this daemon's memory; a {@code GIVEN} that is still on the disk keeps it open. */
    public void end(long migrationId) {
        ids.remove(migrationId);
    }

    /**
     * Whether the destination shall wait. Memory is asked before the disk: what ends between the two has its last word
     * written.
     */
    public boolean isOpen(long migrationId) throws IOException {
        return ids.contains(migrationId) || commitLog.find(migrationId).isPresent();
    }
}

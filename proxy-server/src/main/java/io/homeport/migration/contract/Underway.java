package io.homeport.migration.contract;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The migrations of which this node is the source, from before the offer until nothing of them is asked any more: what an
 * {@code Inquiry} of their destinations is answered from. Any thread.
 */
public final class Underway {
    private final CommitLog commitLog;
    /** Names of their services by the migration's id. */
    private final Map<Long, String> services = new ConcurrentHashMap<>();

    public Underway(CommitLog commitLog) {
        this.commitLog = commitLog;
    }

    /** A migration begins; ids are random and never come again. */
    public void begin(long migrationId, String service) {
        services.put(migrationId, service);
    }

    /** It is over in this daemon's memory; a {@code GIVEN} that is still on the disk keeps it open. */
    public void end(long migrationId) {
        services.remove(migrationId);
    }

    /** Whether a service of that name was given to {@code destination} and this node still clears up after it. */
    public boolean isLeaving(String service, String destination) throws IOException {
        for (Map.Entry<Long, String> one : services.entrySet()) {
            boolean given = one.getValue().equals(service) && commitLog.find(one.getKey())
                    .filter(entry -> entry.word() == CommitLog.Word.GIVEN && entry.peerNode().equals(destination)).isPresent();
            if (given) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the destination shall wait. Memory is asked before the disk: what ends between the two has its last word
     * written.
     */
    public boolean isOpen(long migrationId) throws IOException {
        return services.containsKey(migrationId) || commitLog.find(migrationId).isPresent();
    }
}

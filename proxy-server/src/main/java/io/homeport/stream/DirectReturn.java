package io.homeport.stream;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Real sockets for a process that comes home, right away: those of streams of which nothing is on its way need neither shadow sockets nor a
 * {@link Homecoming}.
 *
 * <pre>
 *   pause    (freeze) deputies stop reading, so that what comes from here on is nobody's business but the sockets'
 *   begin    whose bytes have all been read by the application, and written into the socket, stops as well, and gives its socket
 *   cancel   (roll-back) they go on
 *   done     (commit) the process has the socket, runs perhaps, and the deputy is forgotten
 * </pre>
 *
 * <p>What peers send from the first step on waits in the sockets. A daemon that is killed before the commit leaves deputies, and a copy that
 * its successor ends; after it, the process has the sockets, and {@link StreamRecovery} sees that. Any thread; futures complete on the data loop.
 */
public final class DirectReturn {
    private final StreamPlane plane;
    private final StreamContext context;

    DirectReturn(StreamPlane plane, StreamContext context) {
        this.plane = plane;
        this.context = context;
    }

    /** The process is frozen at another node, and may come home. Those that {@link #begin} does not return are to be cancelled. */
    public CompletableFuture<Void> pause(Collection<Long> ids) {
        return plane.forEach(ids, id -> {
            Deputy deputy = plane.deputies().find(id);
            if (deputy != null && deputy.isOpen() && !deputy.isStopped()) {
                deputy.pause();
            }
        });
    }

    /**
     * Begins the return of connections of a process that is frozen.
     *
     * @param states where they stood when it left, with the options that the application has set
     * @return descriptors of those that can return, by id; they stay the deputies'
     */
    public CompletableFuture<Map<Long, Integer>> begin(Collection<StreamState> states) {
        Map<Long, Integer> fds = new LinkedHashMap<>();
        return plane.forEach(states, state -> {
            Deputy deputy = plane.deputies().find(state.id());
            if (deputy != null && state.isQuiet() && deputy.standsAt(state)) {
                deputy.pause();
                deputy.lend(state.options());
                fds.put(state.id(), deputy.end.local().number());
            }
        }).thenApply(all -> fds);
    }

    /** The process stays where it was. */
    public CompletableFuture<Void> cancel(Collection<Long> ids) {
        return plane.forEach(List.copyOf(ids), id -> {
            Deputy deputy = plane.deputies().find(id);
            if (deputy != null) {
                deputy.takeBack();
                deputy.stop(false);
            }
        });
    }

    /** The process is this node's, and has the sockets. */
    public CompletableFuture<Void> done(Collection<Long> ids) {
        return plane.forEach(List.copyOf(ids), id -> {
            Deputy deputy = plane.deputies().find(id);
            if (deputy != null) {
                plane.deputies().remove(id);
                deputy.end.giveUp();
                Kept.free(context.estate, deputy.end.slot());
            }
        });
    }
}

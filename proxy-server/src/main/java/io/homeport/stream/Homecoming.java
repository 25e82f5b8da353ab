package io.homeport.stream;

import io.homeport.estate.Slot;
import io.homeport.posix.PosixException;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Gives the real sockets back to a process that has come home, when nothing is on the way through its stubs any more.
 *
 * <pre>
 *   begin      the deputies stop reading: what peers send waits in the real sockets, connections in the real backlogs
 *   drained    both flows, both lanes and the shadow sockets are empty: the application has read all there was
 *   (freeze)
 *   surrender  still so? then the real descriptors, to be swapped in; the others stay: cancel, and try again later
 *   (swap, thaw), Stubs.drop
 * </pre>
 *
 * <p>An application that never reads what came before keeps its detour: it works, by way of the daemon. Any thread; futures complete on the
 * data loop.
 */
public final class Homecoming {
    private static final int POLL_MS = 2;

    private final StreamPlane plane;
    private final StubTable stubs;
    private final StreamContext context;
    private final Map<Long, Slot> surrendered = new HashMap<>();

    Homecoming(StreamPlane plane, StubTable stubs, StreamContext context) {
        this.plane = plane;
        this.stubs = stubs;
        this.context = context;
    }

    /** The streams of the process that this shadow net is for, whose deputies are on this node, too. */
    public CompletableFuture<Set<Long>> candidates(ShadowNet net) {
        return plane.call(() -> {
            Set<Long> ids = new HashSet<>();
            for (Stub stub : stubs.all()) {
                if (stub.net == net && !stubs.isForeign(stub.state)) {
                    ids.add(stub.state.id());
                }
            }
            return ids;
        });
    }

    /** Stops reading and accepting. Ids whose deputy or stub is not on this node are left out; answers those that are. */
    public CompletableFuture<Set<Long>> begin(Collection<Long> ids) {
        return plane.call(() -> {
            Set<Long> begun = new HashSet<>();
            for (long id : ids) {
                if (stubs.find(id) != null && stop(id, true)) {
                    begun.add(id);
                }
            }
            return begun;
        });
    }

    /** Goes on as before. */
    public CompletableFuture<Void> cancel(Collection<Long> ids) {
        return plane.call(() -> {
            ids.forEach(id -> stop(id, false));
            return null;
        });
    }

    /** The ids of {@code ids} that are drained, as soon as all are, or after {@code waitMs}. */
    public CompletableFuture<Set<Long>> drained(Collection<Long> ids, long waitMs) {
        return whenDrained(ids, waitMs, drained -> drained);
    }

    /**
     * Gives up the real sockets of those that are drained, the process being frozen; waits for what the kernel still has on its way. The
     * caller has the descriptors, swaps them in and calls {@link #done} for these ids. Until then they stay kept: a daemon that comes after
     * this one looks whether the process has them ({@link StreamRecovery}).
     */
    public CompletableFuture<Map<Long, Integer>> surrender(Collection<Long> ids, long waitMs) {
        return whenDrained(ids, waitMs, this::surrender);
    }

    /** The process has these sockets: both ends of their streams are forgotten. */
    public CompletableFuture<Void> done(Collection<Long> ids) {
        return plane.call(() -> {
            for (long id : ids) {
                Kept.free(context.estate, surrendered.remove(id));
                stubs.drop(id);
            }
            return null;
        });
    }

    private Map<Long, Integer> surrender(Set<Long> drained) {
        Map<Long, Integer> fds = new HashMap<>();
        for (long id : drained) {
            Deputy deputy = plane.deputies().find(id);
            ListenerDeputy listener = plane.deputies().findListener(id);
            plane.deputies().remove(id);
            surrendered.put(id, deputy != null ? deputy.end.slot() : listener.slot());
            fds.put(id, deputy != null ? deputy.giveBack() : listener.giveBack());
            stubs.find(id).phase = Stub.Phase.QUIESCED;
        }
        return fds;
    }

    private boolean stop(long id, boolean stop) {
        Deputy deputy = plane.deputies().find(id);
        ListenerDeputy listener = plane.deputies().findListener(id);
        if (deputy != null) {
            deputy.stop(stop);
        } else if (listener != null) {
            listener.stop(stop);
        }
        return deputy != null || listener != null;
    }

    /** What {@code then}, on the data loop, makes of those that are drained, in the same turn in which they were found to be. */
    private <T> CompletableFuture<T> whenDrained(Collection<Long> ids, long waitMs, Function<Set<Long>, T> then) {
        CompletableFuture<T> done = new CompletableFuture<>();
        plane.call(() -> {
            poll(new HashSet<>(ids), waitMs / POLL_MS, then, done);
            return null;
        });
        return done;
    }

    private <T> void poll(Set<Long> ids, long polls, Function<Set<Long>, T> then, CompletableFuture<T> done) {
        Set<Long> drained = new HashSet<>(ids);
        drained.removeIf(id -> !isDrained(id));
        if (drained.size() == ids.size() || polls <= 0) {
            plane.call(() -> done.complete(then.apply(drained))).exceptionally(done::completeExceptionally);
        } else {
            context.after(POLL_MS, () -> poll(ids, polls - 1, then, done));
        }
    }

    private boolean isDrained(long id) {
        Stub stub = stubs.find(id);
        Deputy deputy = plane.deputies().find(id);
        ListenerDeputy listener = plane.deputies().findListener(id);
        try {
            if (stub == null) {
                return false;
            }
            if (stub.isListener()) {
                return listener != null && listener.drained() && stub.net.backlogOf(stub.room, stub.state.local()) == 0;
            }
            return deputy != null && deputy.drained() && stub.end.outflow().idle() && stub.end.inflow().idle() && queuesEmpty(stub);
        } catch (PosixException e) {
            return false;
        }
    }

    private static boolean queuesEmpty(Stub stub) throws PosixException {
        int fd = stub.end.local().number();
        if (Sockets.unread(fd) != 0) {
            return false;
        }
        Sockets.acknowledgeNow(fd);
        return switch (stub.state.kind()) {
            case TCP -> Sockets.unacknowledged(fd) <= (stub.end.inflow().eof() ? 1 : 0)
                    && stub.net.drained(stub.room, stub.state.local(), stub.state.remote(), stub.end.inflow().eof());
            // unix_outq_len: bytes that the other side has not read. A pipe has no such question: its own bytes were counted above.
            case UNIX, PIPE_IN, PIPE_OUT -> Sockets.unacknowledged(fd) <= 0;
            case LISTENER -> throw new IllegalStateException();
        };
    }
}

package io.homeport.stream;

import io.homeport.estate.Slot;
import io.homeport.link.LinkPolicy;
import io.homeport.posix.PosixException;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The daemon's ends of the sockets of processes that have come to this node.
 *
 * <pre>
 *   prepare ─► prepared ─ start (commit) ─► started: attach, bound, lane lost, attach, ...
 *                 └ drop (roll-back)           │  ▲ resume (roll-back)
 *                                    quiesce   ▼  │
 *                                           quiesced ─ drop (commit): the next node has it
 * </pre>
 *
 * <p>Public methods: any thread; the futures complete on the data loop, so don't block in what depends on them.
 */
public final class Stubs {
    private final StreamPlane plane;
    private final StreamContext context;
    private final StubTable table;
    private final ForeseenStubs foreseen;

    Stubs(StreamPlane plane, StreamContext context, StubTable table) {
        this.plane = plane;
        this.context = context;
        this.table = table;
        this.foreseen = new ForeseenStubs(table, context);
    }

    /**
     * Makes the application's sockets; nothing is told to any deputy, but unread bytes go into them. On the calling thread, which waits for the
     * loop. The process is frozen.
     *
     * @param net the process's own
     * @param epoch number of this move; higher than that of any before
     * @param policy by which links they reach their deputies
     * @return for each stream of kind TCP (unless unaccepted) and LISTENER the descriptor to be swapped in, which is the caller's. After a
     *     failure nothing is left
     */
    public CompletableFuture<Map<Long, Integer>> prepare(ShadowNet net, int epoch, List<Arrival> arrivals, LinkPolicy policy) {
        List<ShadowSockets.Made> made;
        try {
            made = ShadowSockets.make(net, arrivals);
        } catch (PosixException e) {
            return CompletableFuture.failedFuture(e);
        }
        return plane.call(() -> {
            try {
                requireRoomFor(made.stream().map(ShadowSockets.Made::state).toList());
            } catch (IOException | RuntimeException e) {
                made.forEach(ShadowSockets.Made::close);
                throw e;
            }
            Map<Long, Integer> applicationFds = new HashMap<>();
            for (ShadowSockets.Made one : made) {
                table.add(one, net, epoch).policy = policy;
                if (one.applicationFd() >= 0) {
                    applicationFds.put(one.state().id(), one.applicationFd());
                }
            }
            return applicationFds;
        });
    }

    private long countForeign(Collection<StreamState> states) {
        return states.stream().filter(table::isForeign).count();
    }

    private void requireRoomFor(Collection<StreamState> states) throws IOException {
        long more = countForeign(states);
        if (more > plane.roomNow()) {
            throw new IOException("node " + plane.node() + " has room for " + plane.roomNow() + " streams more, the process brings " + more
                    + ": raise limits.streams (" + plane.mostStreams() + ") there, or move something away");
        }
        for (StreamState state : states) {
            if (table.find(state.id()) != null) {
                throw new IllegalStateException("this node has a stub of " + state + " already");
            }
        }
    }

    /**
     * Makes the stubs of connections whose process still runs where it is: those of which nothing comes until it is frozen, as mostly of many,
     * only need to be started then. A daemon that comes after this one knows nothing of them.
     */
    public CompletableFuture<Void> foresee(ShadowPairs pairs, int epoch, LinkPolicy policy) {
        return plane.call(() -> {
            List<ShadowPairs.End> ends = pairs.unforeseen();
            List<Slot> slots = Kept.reserve(context, ends.stream().map(end -> end.daemonFd).toList());
            for (int i = 0; i < slots.size(); i++) {
                ends.get(i).slot = slots.get(i);
            }
            boolean fits = countForeign(ends.stream().map(end -> end.made).toList()) <= plane.roomNow();
            return fits ? ends : List.<ShadowPairs.End>of();
        }).thenCompose(ends -> plane.forEach(ends, end -> foreseen.foresee(end, pairs.net(), epoch, policy)));
    }

    /** As {@link #prepare}, of connections whose sockets are made. @param pairs has those of all of them */
    public CompletableFuture<Void> adopt(ShadowPairs pairs, int epoch, Collection<StreamState> connections, LinkPolicy policy) {
        return plane.call(() -> {
            requireRoomFor(connections.stream().filter(state -> !pairs.hasStub(state)).toList());
            return null;
        }).thenCompose(room -> plane.forEach(connections, state -> foreseen.adopt(pairs.adopt(state), state, pairs.net(), epoch).policy = policy));
    }

    /** What of them was not adopted is closed. */
    public CompletableFuture<Void> abandon(ShadowPairs pairs) {
        return plane.call(() -> {
            for (ShadowPairs.End end : pairs.unadopted()) {
                foreseen.retract(end);
                Sockets.reset(end.daemonFd);
                end.adopted = true;
                if (end.slot != null) {
                    Kept.leave(context.estate, end.slot);
                }
            }
            pairs.close();
            return null;
        });
    }

    /** The same by all links alike. */
    public CompletableFuture<Map<Long, Integer>> prepare(ShadowNet net, int epoch, List<Arrival> arrivals) {
        return prepare(net, epoch, arrivals, LinkPolicy.LOADBALANCE);
    }

    /** Which of these has something for the application that is not written yet: of streams that stand still. */
    public CompletableFuture<List<Long>> withInput(Collection<Long> ids) {
        return plane.call(() -> ids.stream().filter(id -> hasInput(table.find(id))).toList());
    }

    private static boolean hasInput(Stub stub) {
        return stub != null && stub.end != null && !stub.end.inflow().idle();
    }

    /** The process is this node's: attach to the deputies, in this order. Ids already started are left alone. */
    public CompletableFuture<Void> start(Collection<Long> ids) {
        return plane.forEach(ids, id -> {
            Stub stub = table.find(id);
            if (stub != null && stub.phase == Stub.Phase.PREPARED) {
                table.start(stub);
            }
        });
    }

    /**
     * Stops, and takes down where everything stands. The process is frozen. Nothing is lost or changed by it: {@link #resume} goes on.
     *
     * @param applicationFds the application's own ends, by stream id: duplicates that stay the caller's; kinds TCP and LISTENER only
     * @return the states of these streams and of those that wait in the accept queues of these listeners, in no order. Streams that have
     *     ended meanwhile are left out; the same goes for those the application has closed, which are seen off from here
     */
    public CompletableFuture<List<StreamState>> quiesce(Map<Long, Integer> applicationFds, Collection<Long> otherIds) {
        CompletableFuture<Quiesce> drained = new CompletableFuture<>();
        CompletableFuture<List<StreamState>> states = drained.thenCompose(stopped -> stopped.isThrough()
                ? plane.call(stopped::states)
                : CompletableFuture.supplyAsync(stopped::lookAtQueues).thenCompose(looked -> plane.call(looked::states)));
        plane.call(() -> {
            new Quiesce(table, context, applicationFds, otherIds, drained).begin();
            return null;
        }).exceptionally(e -> {
            drained.completeExceptionally(e);
            return null;
        });
        return states;
    }

    /**
     * A socket of the application that is no stream any more: it ended, and its stub is gone. Takes nothing from it; any thread.
     *
     * @param id for it; a new one
     * @param applicationFd the application's end, frozen; stays the caller's
     */
    public static StreamState over(long id, int applicationFd) throws PosixException {
        return Quiesce.over(id, applicationFd);
    }

    /** The move has been rolled back: go on. */
    public CompletableFuture<Void> resume(Collection<Long> ids) {
        return plane.call(() -> {
            for (long id : ids) {
                Stub stub = table.find(id);
                if (stub != null && stub.phase == Stub.Phase.QUIESCED) {
                    table.resume(stub);
                }
            }
            return null;
        });
    }

    /** The next node has these streams, or they were prepared in vain: forget them. The shadow sockets' addresses are free at once. */
    public CompletableFuture<Void> drop(Collection<Long> ids) {
        return plane.forEach(ids, table::drop);
    }

    /**
     * The streams that descriptors of a moved process belong to: duplicates of them, of established or listening shadow sockets. Asks the
     * kernel about each on the calling thread, some microseconds.
     *
     * @param net the process's own; null if it has never moved
     * @return stream ids by descriptor; without those that belong to none
     */
    public CompletableFuture<Map<Integer, Long>> identify(ShadowNet net, Collection<Integer> applicationFds) {
        Map<Integer, ShadowPlace> places = new HashMap<>();
        try {
            for (int fd : net == null ? List.<Integer>of() : applicationFds) {
                ShadowPlace place = ShadowPlace.of(net, fd);
                if (place != null) {
                    places.put(fd, place);
                }
            }
        } catch (PosixException e) {
            return CompletableFuture.failedFuture(e);
        }
        return places.isEmpty() ? CompletableFuture.completedFuture(Map.of()) : plane.call(() -> {
            Map<ShadowPlace, Long> all = table.at(net, Set.copyOf(places.values()));
            Map<Integer, Long> ids = new HashMap<>();
            places.forEach((fd, place) -> {
                Long id = all.get(place);
                if (id != null) {
                    ids.put(fd, id);
                }
            });
            return ids;
        });
    }

    /**
     * Where a connection will stand if nothing comes any more.
     *
     * @param settled nothing is under way by it: {@link #stop} may find it as it was
     */
    public record Outlook(StreamState state, boolean settled) {}

    /**
     * The outlook of connections of a process that runs; without those that have ended.
     *
     * @param applicationFds the application's own ends, by stream id: duplicates that stay the caller's
     */
    public CompletableFuture<Map<Long, Outlook>> outlook(Map<Long, Integer> applicationFds) {
        return plane.call(() -> {
            List<Stub> stubs = new ArrayList<>();
            List<Integer> fds = new ArrayList<>();
            applicationFds.forEach((id, fd) -> {
                Stub stub = table.find(id);
                if (stub != null && !stub.isListener()) {
                    stubs.add(stub);
                    fds.add(fd);
                }
            });
            boolean[] quiet = Standstill.quiet(stubs, fds);
            Map<Long, Outlook> outlook = new HashMap<>();
            for (int i = 0; i < quiet.length; i++) {
                outlook.put(stubs.get(i).state.id(), new Outlook(Quiesce.outlook(stubs.get(i)), quiet[i]));
            }
            return outlook;
        });
    }

    /**
     * Stops those connections that stand where it was foreseen. Their process is frozen; {@link #resume} goes on. Asks the kernel about each on
     * the calling thread, a microsecond.
     *
     * @param foreseen of such as were settled then
     * @param applicationFds the applications' own ends, in the same order: duplicates that stay the caller's
     * @return these; the others are {@link #quiesce}'s
     */
    public CompletableFuture<List<StreamState>> stop(List<StreamState> foreseen, List<Integer> applicationFds) {
        boolean[] drained = Standstill.drained(applicationFds.stream().mapToInt(Integer::intValue).toArray());
        List<StreamState> candidates = IntStream.range(0, drained.length).filter(i -> drained[i]).mapToObj(foreseen::get).toList();
        return plane.call(() -> Standstill.stop(table, candidates));
    }

    /**
     * The application may have set options on its end: what has changed goes to the real socket.
     *
     * @param applicationFd a duplicate of that end; stays the caller's, who may close it when the future is done
     */
    public CompletableFuture<Void> optionsChanged(long id, int applicationFd) {
        return plane.call(() -> {
            Stub stub = table.find(id);
            if (stub != null) {
                SocketOptions now = SocketOptions.read(applicationFd);
                stub.optionsChanged |= !now.changedSince(stub.options).isEmpty();
                stub.options = context.shared.options(now.over(stub.options));
                if (stub.optionsChanged && stub.bound()) {
                    table.sendOptions(stub);
                }
            }
            return null;
        });
    }
}

package io.homeport.stream;

import io.homeport.estate.Estate;
import io.homeport.journal.Journal;
import io.homeport.link.FrameBuffers;
import io.homeport.link.LaneListener;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import java.io.Closeable;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * All streams of a node: its deputies, its stubs, and the lanes between them and other nodes.
 *
 * <pre>
 *   Links ── STREAM lanes ──► StreamPlane ──┬─► Deputies     sockets of processes that have left
 *                                 ▲         └─► Stubs        sockets of processes that have come
 *                                 └── Loopback: both at once, while a process comes home
 * </pre>
 *
 * <p>To be registered for {@link TrafficClass#STREAM} on the links whose data loop is {@code loop}; called on that loop. The daemon makes one
 * and closes it before the loop.
 */
public final class StreamPlane implements LaneListener, Closeable {
    /** Of what is done for each of many streams: a millisecond, which is what a byte of another stream waits at each end. */
    private static final int IN_A_TURN = 100;

    private final String node;
    private final IoEventLoop loop;
    private final Function<String, Peer> peers;
    private final Map<Peer, PeerLane> lanes = new HashMap<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final StreamContext context;
    private final FrameDispatch dispatch;
    private final Loopback toDeputies;
    private final Deputies deputies;
    private final StubTable stubTable;
    private final Stubs stubs;
    private final Homecoming homecoming;
    private final DirectReturn directReturn;
    private final int mostStreams;
    private final LossWatch lossWatch;

    /**
     * Makes an empty one.
     *
     * @param node name of this node
     * @param journal open; stays the caller's
     * @param peers the other nodes by name ({@code links::peer})
     * @param random for stream ids
     */
    public StreamPlane(
            String node, IoEventLoop loop, Journal journal, StreamLimits limits, Function<String, Peer> peers, SecureRandom random) {
        this(node, loop, journal, Estate.unkept(), limits, peers, random);
    }

    /** With an estate, to which streams are left when the daemon ends; then {@link #recover} comes before anything else. */
    public StreamPlane(
            String node,
            IoEventLoop loop,
            Journal journal,
            Estate estate,
            StreamLimits limits,
            Function<String, Peer> peers,
            SecureRandom random) {
        this.node = node;
        this.loop = loop;
        this.peers = peers;
        context =
                new StreamContext(journal, estate, limits, (delayMs, task) -> loop.schedule(task, delayMs, TimeUnit.MILLISECONDS));
        toDeputies = Loopback.pair(node, loop, this::frame, this::writable)[0];
        deputies = new Deputies(this, context, random);
        stubTable = new StubTable(this, context);
        stubs = new Stubs(this, context, stubTable);
        lossWatch = new LossWatch(this, context);
        homecoming = new Homecoming(this, stubTable, context);
        directReturn = new DirectReturn(this, context);
        dispatch = new FrameDispatch(deputies, stubTable);
        mostStreams = limits.streams();
        context.countStreams(this::count);
        context.sweepWith(new JournalSweep(this, context));
    }

    /** The ends that own real sockets. */
    public Deputies deputies() {
        return deputies;
    }

    /** The ends where processes run. */
    public Stubs stubs() {
        return stubs;
    }

    /** Gives sockets back to processes that have come home. */
    public Homecoming homecoming() {
        return homecoming;
    }

    /** Gives sockets to processes that come home. */
    public DirectReturn directReturn() {
        return directReturn;
    }

    /**
     * Goes on with the streams of the daemon before this one. To be called once, before any lane is up.
     *
     * @param hosts where the stubs of services belong that are this node's, by service
     * @param files what the processes of these services have open, as /proc/PID/fd shows it
     * @return how many streams go on
     */
    public CompletableFuture<Integer> recover(Map<Long, ShadowHost> hosts, Set<String> files) {
        return call(() -> new StreamRecovery(context, deputies, stubTable, hosts, files).run());
    }

    /** All ends, deputies first. */
    public CompletableFuture<List<StreamDescription>> describe() {
        return call(() -> {
            List<StreamDescription> all = new ArrayList<>();
            deputies.describe(all);
            stubTable.describe(all);
            return all;
        });
    }

    /** Ends here that were reset because their other end could not be reached: the last ones, oldest first. */
    public CompletableFuture<List<StreamLoss>> losses() {
        return call(lossWatch::losses);
    }

    @Override
    public void up(Peer peer, TrafficClass trafficClass) {
        stubTable.routes().laneUp(lane(peer));
    }

    @Override
    public void down(Peer peer, TrafficClass trafficClass, String reason) {
        deputies.laneDown(lane(peer));
        stubTable.routes().laneDown(lane(peer));
    }

    @Override
    public void linkChanged(Peer link) {
        stubTable.routes().linkChanged(lane(link));
    }

    @Override
    public void frame(Peer peer, ByteBuf frame) {
        FrameBuffers.viewReadable(view, frame);
        dispatch.frame(lane(peer), peer, frame, view);
    }

    @Override
    public void writable(Peer peer) {
        lane(peer).run();
    }

    /** Leaves everything to the next daemon if there is a keeper; else closes every descriptor, and what is under way is lost. */
    @Override
    public void close() {
        if (context.estate.store().keeps()) {
            return;
        }
        call(() -> {
            deputies.closeAll();
            stubTable.closeAll();
            return null;
        }).join();
    }

    /** How many streams more this node takes ({@code limits.streams}); one whose two ends are here counts once. Any thread. */
    public CompletableFuture<Integer> room() {
        return call(this::roomNow);
    }

    /** {@link #room}, on the data loop. */
    int roomNow() {
        return mostStreams - deputies.count() - stubTable.countOfForeign();
    }

    int mostStreams() {
        return mostStreams;
    }

    private int count() {
        return deputies.count() + stubTable.count();
    }

    String node() {
        return node;
    }

    IoEventLoop loop() {
        return loop;
    }

    /** How each link to a node stands, in words: "eth0 UP; eth1 DOWN: Connection refused". Any thread. */
    public String ways(String node) {
        return linksTo(node).stream()
                .map(link -> (link.link() == null ? "" : link.link() + " ") + link.state() + (link.reason().isEmpty() ? "" : ": " + link.reason()))
                .collect(Collectors.joining("; "));
    }

    StubTable stubTable() {
        return stubTable;
    }

    LossWatch lossWatch() {
        return lossWatch;
    }

    /** The links by which a stub may reach its deputy. */
    List<Peer> linksTo(String origin) {
        return origin.equals(node) ? List.of(toDeputies) : peers.apply(origin).links();
    }

    /** Runs {@code task} on the data loop. */
    <T> CompletableFuture<T> call(Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Runnable run = () -> {
            try {
                done.complete(task.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        };
        if (loop.inEventLoop()) {
            run.run();
        } else {
            loop.execute(run);
        }
        return done;
    }

    /** Does something for each of many, a part of them in a turn of the data loop: what others have for it goes in between. */
    <T> CompletableFuture<Void> forEach(Collection<T> all, Consumer<T> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> turn(all.iterator(), action, done));
        return done;
    }

    private <T> void turn(Iterator<T> rest, Consumer<T> action, CompletableFuture<Void> done) {
        try {
            for (int i = 0; i < IN_A_TURN && rest.hasNext(); i++) {
                action.accept(rest.next());
            }
        } catch (Throwable e) {
            done.completeExceptionally(e);
            return;
        }
        if (rest.hasNext()) {
            // Not execute(): Netty goes on with such tasks before it looks at its descriptors again.
            loop.schedule(() -> turn(rest, action, done), 0, TimeUnit.NANOSECONDS);
        } else {
            done.complete(null);
        }
    }

    /** The STREAM lane of a link. */
    PeerLane lane(Peer peer) {
        PeerLane lane = lanes.get(peer);
        if (lane == null) {
            lane = new PeerLane(peer, loop);
            lanes.put(peer, lane);
        }
        return lane;
    }
}

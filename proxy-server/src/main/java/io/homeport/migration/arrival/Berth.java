package io.homeport.migration.arrival;

import io.homeport.handover.HandOver;
import io.homeport.handover.SetsAhead;
import io.homeport.handover.Unparking;
import io.homeport.link.LinkPolicy;
import io.homeport.link.Peer;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollSet;
import io.homeport.process.FdTable;
import io.homeport.service.Futures;
import io.homeport.service.HostedService;
import io.homeport.socket.Parking;
import io.homeport.socket.PendingConnect;
import io.homeport.socket.ShadowNet;
import io.homeport.stream.Arrival;
import io.homeport.stream.ShadowPairs;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lasting ends of an arriving process's streams: its shadow namespace, the sockets in it, the stubs; and, in this
 * node's own network, new sockets for those that were connecting. Used by the thread that serves the restore and the commit.
 */
final class Berth {
    private static final Logger LOG = LoggerFactory.getLogger(Berth.class);

    private final NodeParts node;
    private final ShadowNet net;
    private final ShadowPairs pairs;
    private final Map<ServiceRecord.Connecting, PendingConnect> connecting = new LinkedHashMap<>();
    /** Connections that may come home: their deputies are this node's. */
    private List<Long> homeward = List.of();
    /** Done when these leave alone what peers send. */
    private CompletableFuture<Void> paused = CompletableFuture.completedFuture(null);
    /** Null until it has come. */
    private ServiceRecord record;
    private Map<Long, Integer> applicationFds = Map.of();
    /** Real sockets of this node's that the process gets at once; they are their deputies'. */
    private Map<Long, Integer> returning = Map.of();
    /** Files that have a number of this daemon's. */
    private final List<HandOver.Replacement> numbered = new ArrayList<>();
    /** The pairs' parked ends. */
    private Unparking parked;
    /** In the order in which stubs start. */
    private final List<Long> listenersFirst = new ArrayList<>();
    /** The sets that watch the pairs' ends. */
    private SetsAhead sets = SetsAhead.none();
    /** Has the sockets that return. */
    private final Parking home;
    private Unparking returned;
    /** Done when the connections have their stubs. */
    private CompletableFuture<Void> adopted = CompletableFuture.completedFuture(null);

    private Berth(NodeParts node, ShadowNet net) throws IOException {
        this.node = node;
        this.net = net;
        this.pairs = new ShadowPairs(net);
        this.home = Parking.open();
    }

    /** An empty one. */
    static Berth open(NodeParts node, long serviceId, Undo undo) throws IOException {
        ShadowNet net = ShadowNet.open(Long.toHexString(serviceId), serviceId, node.estate().store());
        undo.add("close its shadow namespace", net::close);
        Berth berth = new Berth(node, net);
        undo.add("take the shadow sockets away", berth::close);
        undo.add("let real sockets be the deputies' again", berth::keepAtHome);
        return berth;
    }

    /** Makes sockets and stubs of connections that the process, which runs at its source, has now. */
    void foresee(ServiceRecord foreseen) throws IOException {
        homeward = connections(foreseen).stream().filter(this::comesHome).map(StreamState::id).toList();
        pairs.make(connections(foreseen).stream().filter(state -> !comesHome(state)).toList()); // most of the others need none
        Futures.join(node.stubs().foresee(pairs, foreseen.move(), linkPolicy(foreseen)));
        makeSets(foreseen);
    }

    private void makeSets(ServiceRecord foreseen) throws IOException {
        Int2ObjectHashMap<Descriptor> byFd = byFd(foreseen);
        Long2ObjectHashMap<List<Integer>> fds = new Long2ObjectHashMap<>();
        foreseen.streams().forEach(item -> fds.put(item.state().id(), item.fds()));
        List<List<Descriptor>> places = new ArrayList<>();
        for (long id : pairs.parkedIds()) {
            places.add(placesOf(fds.get(id), byFd));
        }
        try {
            sets = SetsAhead.make(pairs.parking(), places);
        } catch (IOException e) {
            LOG.info("the epoll sets of {} are filled when it is there: {}", foreseen.name(), e.getMessage());
        }
    }

    private static Int2ObjectHashMap<Descriptor> byFd(ServiceRecord record) {
        Int2ObjectHashMap<Descriptor> byFd = new Int2ObjectHashMap<>();
        record.vacated().forEach(place -> byFd.put(place.fd(), place));
        return byFd;
    }

    /** The process stands still: what peers send from here on waits in the sockets that may come home. */
    void freeze() {
        paused = node.streams().directReturn().pause(homeward);
    }

    private boolean comesHome(StreamState state) {
        return state.origin().equals(node.name());
    }

    /** Makes the sockets that are missing; the process need not be there yet. @throws IOException also if the record does not say all about its descriptors */
    void make(ServiceRecord record) throws IOException {
        checkLinks(node, record);
        this.record = record;
        for (ServiceRecord.Connecting socket : record.connecting()) {
            connecting.put(socket, PendingConnect.prepare(socket.remote(), socket.options()));
        }
        Futures.join(paused);
        returning = Futures.join(node.streams().directReturn().begin(connections(record).stream().filter(this::comesHome).toList()));
        Futures.join(node.streams().directReturn().cancel(homeward.stream().filter(id -> !returning.containsKey(id)).toList()));
        home.put(returning.values().stream().mapToInt(Integer::intValue).toArray());
        List<StreamState> connections = detoured();
        pairs.make(connections);
        applicationFds = prepare(item -> !lasting(item) && !isConnection(item), item -> -1);
        adopted = node.stubs().adopt(pairs, record.move(), connections, linkPolicy(record));
        assign();
        pairs.settle(connections);
    }

    /** Where each file comes in the process, and in which order its stub starts: told while the data loop adopts the connections, and CRIU makes the process. */
    private void assign() throws IOException {
        Int2ObjectHashMap<Descriptor> byFd = byFd(record);
        Long2ObjectHashMap<List<Integer>> fds = new Long2ObjectHashMap<>();
        List<Long> others = new ArrayList<>();
        for (ServiceRecord.Item item : record.streams()) {
            Integer applicationFd = applicationFds.get(item.state().id());
            if (applicationFd != null) {
                numbered.add(new HandOver.Replacement(placesOf(item.fds(), byFd), applicationFd, item.keptFd()));
            } else {
                fds.put(item.state().id(), item.fds());
            }
            (item.state().kind() == StreamKind.LISTENER ? listenersFirst : others).add(item.state().id());
        }
        listenersFirst.addAll(others);
        for (var socket : connecting.entrySet()) {
            numbered.add(new HandOver.Replacement(placesOf(socket.getKey().fds(), byFd), socket.getValue().number(), -1));
        }
        List<HandOver.Berth> berths = new ArrayList<>();
        for (long id : returning.keySet()) {
            berths.add(new HandOver.Berth(placesOf(fds.remove(id), byFd), -1));
        }
        returned = Unparking.of(home, berths);
        berths = new ArrayList<>();
        for (long id : pairs.parkedIds()) {
            List<Integer> numbers = fds.get(id);
            berths.add(numbers == null ? HandOver.Berth.NONE : sets.berth(berths.size(), placesOf(numbers, byFd)));
        }
        parked = Unparking.of(pairs.parking(), berths);
    }

    /** The connections whose bytes go through this daemon. */
    private List<StreamState> detoured() {
        return connections(record).stream().filter(state -> !returning.containsKey(state.id())).toList();
    }

    private static List<StreamState> connections(ServiceRecord record) {
        return record.streams().stream().filter(Berth::isConnection).map(ServiceRecord.Item::state).toList();
    }

    /** One that has its descriptors in the process. */
    private static boolean isConnection(ServiceRecord.Item item) {
        return item.state().kind() == StreamKind.TCP && !item.state().unaccepted();
    }

    /** Takes its ends of the dummies that the process, which is restored and stopped, has brought along. */
    void takeLasting(int pid) throws IOException {
        int pidfd = Posix.check(Posix.pidfdOpen(pid), "pidfd_open " + pid);
        try {
            prepare(Berth::lasting, item -> keptEnd(pidfd, item));
        } finally {
            Posix.close(pidfd);
        }
    }

    /** A stream's descriptor at this end, if it has one yet. */
    private interface End {
        int of(ServiceRecord.Item item) throws IOException;
    }

    private Map<Long, Integer> prepare(Predicate<ServiceRecord.Item> these, End end) throws IOException {
        List<Arrival> arrivals = new ArrayList<>();
        for (ServiceRecord.Item item : record.streams()) {
            if (these.test(item)) {
                arrivals.add(new Arrival(item.state(), end.of(item)));
            }
        }
        return Futures.join(node.stubs().prepare(net, record.move(), arrivals, linkPolicy(record)));
    }

    ShadowNet net() {
        return net;
    }

    /** Puts the sockets under the descriptors of process {@code pid}; then it is the only one that has them. */
    void install(int pid, HandOver handOver) throws IOException {
        SetsAhead.Fitting fitting = sets.fit(sets.isEmpty() ? List.of() : EpollSet.of(pid, FdTable.read(pid)), record.vacated());
        handOver.fill(into -> {
            fitting.sets(into);
            into.install(numbered);
            into.install(returned);
            into.install(parked);
            fitting.registrations(into);
        });
        handedOver();
        Futures.join(adopted);
        Futures.join(node.stubs().abandon(pairs));
    }

    private static List<Descriptor> placesOf(List<Integer> fds, Int2ObjectHashMap<Descriptor> byFd) throws IOException {
        List<Descriptor> places = new ArrayList<>(fds.size());
        for (int fd : fds) {
            Descriptor place = byFd.get(fd);
            if (place == null) {
                throw new IOException("the record does not say how descriptor " + fd + " was");
            }
            places.add(place);
        }
        return places;
    }

    private void handedOver() {
        applicationFds.values().forEach(Posix::close);
        applicationFds = Map.of();
        home.close();
        sets.close();
    }

    /**
     * The commit is done: connects begin anew, stubs attach to their deputies, those of sockets that have returned go, as the result tells. The process may run already.
     *
     * @param first streams that go first
     */
    CompletableFuture<Void> start(List<Long> first) throws IOException {
        connecting.forEach((socket, made) -> {
            if (socket.failed()) {
                made.fail();
            } else {
                made.begin();
            }
        });
        closeConnecting();
        return node.stubs().start(first)
                .thenCompose(waiting -> node.stubs().start(listenersFirst))
                .thenCompose(started -> node.streams().directReturn().done(returning.keySet()));
    }

    /** The AF_UNIX dummies that stay. */
    List<HostedService.UnixDummy> dummies() {
        return record.streams().stream()
                .filter(Berth::lasting)
                .map(item -> new HostedService.UnixDummy(item.state().id(), item.keptFd(), item.fds()))
                .toList();
    }

    private LinkPolicy linkPolicy(ServiceRecord record) {
        return record.linkPolicy() == null ? node.links().policy() : record.linkPolicy();
    }

    /** A stream that waits for a link that does not exist would only be reset in the end. */
    private static void checkLinks(NodeParts node, ServiceRecord record) throws IOException {
        LinkPolicy policy = record.linkPolicy();
        if (policy == null || policy.kind() != LinkPolicy.Kind.EXCLUSIVE) {
            return;
        }
        for (ServiceRecord.Item item : record.streams()) {
            String origin = item.state().origin();
            if (!origin.equals(node.name()) && !policy.isKnownTo(node.links().peer(origin))) {
                throw new IOException("node " + node.name() + " has no link '" + policy.link() + "' to node " + origin + ", which " + policy
                        + " demands; it has " + node.links().peer(origin).links().stream().map(Peer::link).toList()
                        + ": move with another --link");
            }
        }
    }

    private void close() throws IOException {
        handedOver();
        closeConnecting();
        adopted.handle((done, failure) -> null).join();
        Futures.join(node.stubs().abandon(pairs));
        Futures.join(node.stubs().drop(ids(kind -> true)));
    }

    private void keepAtHome() throws IOException {
        paused.handle((done, failure) -> null).join();
        Set<Long> ids = new LinkedHashSet<>(homeward);
        ids.addAll(returning.keySet());
        Futures.join(node.streams().directReturn().cancel(ids));
    }

    private void closeConnecting() {
        connecting.values().forEach(PendingConnect::close);
        connecting.clear();
    }

    private List<Long> ids(Predicate<StreamKind> kinds) {
        return record == null ? List.of() : record.streams().stream()
                .map(ServiceRecord.Item::state).filter(state -> kinds.test(state.kind())).map(StreamState::id).toList();
    }

    /** Pipes, terminals and unix streams keep their AF_UNIX dummy. */
    private static boolean lasting(ServiceRecord.Item item) {
        return item.state().kind() != StreamKind.TCP && item.state().kind() != StreamKind.LISTENER;
    }

    private static int keptEnd(int pidfd, ServiceRecord.Item item) throws IOException {
        return Posix.check(Posix.pidfdGetfd(pidfd, item.keptFd()), "taking the end of " + item.state());
    }
}

package io.homeport.migration.departure;

import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Fate;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.process.Parallel;
import io.homeport.service.Futures;
import io.homeport.service.HostedService;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import io.homeport.stream.Deputies;
import io.homeport.stream.Standstill;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import io.homeport.stream.Stubs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which streams a leaving process has: those that begin now, whose real sockets stay here, and those that only pass their
 * end on, whose stubs stand still until the commit or the roll-back. Also which of its sockets are connecting: they become
 * no streams.
 *
 * <p>While the process is frozen or stopped: drawn by a thread of its own, else used by the migration's.
 */
final class StreamLedger {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLedger.class);
    /** Sockets in custody have numbers of this daemon while they are looked at, and its numbers are limited; two parts are looked at. */
    private static final int AT_ONCE = 1_000;

    private final NodeParts node;
    private final FateSurvey survey;
    private final HostedService service;
    private final Custody custody;
    private final Foresight foresight;
    private final List<ServiceRecord.Item> items = new ArrayList<>();
    /** By their index in custody. */
    private final Map<Integer, StreamState> beginning = new TreeMap<>();
    private final Set<Long> passing = new HashSet<>();
    /** Of those, in the order in which deputies took them over, and the numbers that these have for them. */
    private final LongArrayList heldIds = new LongArrayList();
    private final IntArrayList heldFds = new IntArrayList();
    /** Of those that begin: their peers had sent something, when last looked. */
    private final Set<Long> withInput = new LinkedHashSet<>();
    /** Streams that take bytes along which the process has not read. */
    private List<Long> withUnread = List.of();
    /** By their index in custody. */
    private final Map<Integer, ServiceRecord.Connecting> connecting = new TreeMap<>();

    private StreamLedger(NodeParts node, Itinerary itinerary, Custody custody, Foresight foresight) {
        this.node = node;
        this.survey = itinerary.survey();
        this.service = itinerary.service();
        this.custody = custody;
        this.foresight = foresight;
    }

    /** Opens it with the streams that travel in the process's image: from here on nothing is written into its dummies, or read from them. */
    static StreamLedger open(NodeParts node, Itinerary itinerary, Custody custody, Foresight foresight, Undo undo) throws IOException {
        StreamLedger ledger = new StreamLedger(node, itinerary, custody, foresight);
        undo.add("let the stubs go on", () -> Futures.join(node.stubs().resume(ledger.passing)));
        ledger.passDummiesOn();
        return ledger;
    }

    /** Draws it up: what is in custody, whatever is done to the process's descriptors meanwhile. */
    void draw() throws IOException {
        Deque<Part> underWay = new ArrayDeque<>();
        try {
            custody.look(AT_ONCE, (first, fds) -> {
                underWay.add(new Part());
                underWay.getLast().begin(first, fds);
                if (underWay.size() > 1) { // the stubs of this one stop while those of the one before are entered
                    underWay.remove().end();
                }
            });
            while (!underWay.isEmpty()) {
                underWay.remove().end();
            }
        } finally {
            underWay.forEach(Part::close);
        }
    }

    List<ServiceRecord.Item> items() {
        return items;
    }

    List<ServiceRecord.Connecting> connecting() {
        return List.copyOf(connecting.values());
    }

    /** It is drawn. Before the commit: deputies hold duplicates of the real sockets, and leave them alone. */
    void hold() throws IOException {
        withUnread = items.stream().map(ServiceRecord.Item::state).filter(state -> state.inbound().unread().length > 0).map(StreamState::id).toList();
        if (beginning.isEmpty()) {
            return;
        }
        custody.look(AT_ONCE, (first, fds) -> {
            Map<StreamState, Integer> sockets = new IdentityHashMap<>();
            for (int i = 0; i < fds.length; i++) {
                StreamState state = beginning.get(first + i);
                if (state != null) {
                    heldIds.addLong(state.id());
                    heldFds.addInt(fds[i]);
                    sockets.put(state, fds[i]);
                    fds[i] = -1;
                }
            }
            Futures.join(node.deputies().hold(sockets));
        });
    }

    /** A roll-back: they hold none. */
    void letGo() throws IOException {
        Futures.join(node.deputies().letGo(beginningIds()));
    }

    /** Streams by which somebody has sent what the process has not read, as far as it is known here: they go first when the copy runs. All that begin are held. */
    List<Long> waiting() throws IOException {
        boolean[] quiet = Standstill.quietEnds(heldFds.toIntArray());
        for (int i = 0; i < quiet.length; i++) {
            if (!quiet[i]) {
                withInput.add(heldIds.getLong(i));
            }
        }
        Set<Long> waiting = new LinkedHashSet<>(withInput);
        waiting.addAll(withUnread);
        waiting.addAll(Futures.join(node.stubs().withInput(passing)));
        return List.copyOf(waiting);
    }

    /** The commit is done: real sockets are their deputies', and custody of them ends. */
    void entrust() throws IOException {
        if (connecting.isEmpty() && items.stream().noneMatch(item -> item.state().origin().equals(node.name()))) {
            return; // closing thousands of shadow sockets can wait until the copy runs
        }
        Futures.join(node.deputies().entrust(beginningIds()));
        if (!connecting.isEmpty()) {
            custody.look(AT_ONCE, (first, fds) -> {
                for (int i = 0; i < fds.length; i++) {
                    if (connecting.containsKey(first + i)) {
                        giveUp(fds[i], connecting.get(first + i));
                        fds[i] = -1;
                    }
                }
            });
        }
        // Before a stream can end: the next daemon would find its socket in custody and begin it again.
        custody.letGo();
    }

    private List<Long> beginningIds() {
        return beginning.values().stream().map(StreamState::id).toList();
    }

    /** From now on deputies read the sockets, first those whose peers have sent something already. */
    void openDeputies() throws IOException {
        Set<Long> ids = new LinkedHashSet<>(withInput);
        ids.addAll(beginningIds());
        Futures.join(node.deputies().open(ids));
    }

    /** The copy runs: stubs that were passed on are forgotten. */
    void dropPassed() throws IOException {
        Futures.join(node.stubs().drop(passing));
    }

    /** The copy connects from its node: whoever has answered the connect from here meanwhile sees a reset, when custody ends. */
    private void giveUp(int fd, ServiceRecord.Connecting socket) {
        if (Sockets.state(fd) == Linux.TCP_ESTABLISHED) {
            LOG.info("{}: the connection to {} was made after it had been frozen; it is reset and made anew", service.name(), socket.remote());
        }
        Sockets.reset(fd);
    }

    /**
     * A file in custody, looked at.
     *
     * @param begins the stream that it begins to be, null if it is none
     */
    private record Sight(FdFate fate, StreamState begins) {}

    /** A file in custody that does not begin to be a stream: an end of one that goes on, or of a connection that is over. */
    private static final class Found {
        final int index;
        /** The number that it has now. */
        final int fd;
        boolean goesOn;

        Found(int index, int fd) {
            this.index = index;
            this.fd = fd;
        }
    }

    /** Some of the files in custody. */
    private final class Part implements AutoCloseable {
        private final List<Found> found = new ArrayList<>();
        /** Shadow sockets by their streams. */
        private final Map<Long, Found> ends = new HashMap<>();
        /** Shadow sockets of streams that were not foreseen, by their descriptors. */
        private final Map<Integer, Found> unforeseen = new HashMap<>();
        /** Streams that were settled when they were foreseen, and the descriptors of their ends. */
        private final List<StreamState> settled = new ArrayList<>();
        private final List<Integer> settledFds = new ArrayList<>();

        private CompletableFuture<List<StreamState>> standing = CompletableFuture.completedFuture(List.of());

        /** Enters what begins to be a stream, has the stubs of the others stop. @param fds those that it keeps become -1 */
        void begin(int first, int[] fds) throws IOException {
            List<Sight> sights = look(first, fds);
            for (int i = 0; i < fds.length; i++) {
                if (!enter(first + i, fds[i], sights.get(i))) {
                    fds[i] = -1;
                }
            }
            if (!unforeseen.isEmpty()) {
                Futures.join(node.stubs().identify(service.net(), unforeseen.keySet())).forEach((fd, id) -> ends.put(id, unforeseen.get(fd)));
            }
            passing.addAll(ends.keySet());
            standing = node.stubs().stop(settled, settledFds).thenCompose(this::quiesceOthers);
        }

        /** Data loop. */
        private CompletableFuture<List<StreamState>> quiesceOthers(List<StreamState> stopped) {
            stopped.forEach(state -> ends.get(state.id()).goesOn = true);
            Map<Long, Integer> others = new HashMap<>();
            ends.forEach((id, end) -> {
                if (!end.goesOn) {
                    others.put(id, end.fd);
                }
            });
            return node.stubs().quiesce(others, List.of()).thenApply(states -> Stream.concat(stopped.stream(), states.stream()).toList());
        }

        private List<Sight> look(int first, int[] fds) throws IOException {
            List<FdFate> fates = custody.items().subList(first, first + fds.length).stream().map(Custody.Item::fate).toList();
            return fates.stream().anyMatch(fate -> fate.fate().becomesStream())
                    ? Parallel.ask(IntStream.range(0, fds.length).boxed().toList(), i -> lookAt(fates.get(i), fds[i]))
                    : fates.stream().map(fate -> new Sight(fate, null)).toList();
        }

        /** @return whether that is all; else its descriptor is needed on */
        private boolean enter(int index, int fd, Sight sight) {
            FdFate fate = sight.fate();
            if (fate.fate() == Fate.CONNECTING) {
                boolean failed = fate.facts().tcp().connectFailed();
                connecting.put(index, new ServiceRecord.Connecting(address(fate, false), failed, SocketOptions.read(fd), fate.numbers()));
                return true;
            }
            if (sight.begins() != null) {
                beginning.put(index, sight.begins());
                items.add(new ServiceRecord.Item(sight.begins(), fate.numbers(), custody.keptFd(index)));
                return true;
            }
            Found one = new Found(index, fd);
            found.add(one);
            if (fate.fate() == Fate.STUB) {
                enter(one, foresight.of(fate));
            }
            return false;
        }

        /** @param foreseen null if it was not */
        private void enter(Found shadow, Stubs.Outlook foreseen) {
            if (foreseen == null) {
                unforeseen.put(shadow.fd, shadow);
                return;
            }
            ends.put(foreseen.state().id(), shadow);
            if (foreseen.settled()) {
                settled.add(foreseen.state());
                settledFds.add(shadow.fd);
            }
        }

        /** The stubs have stopped: enters where their streams stand. */
        void end() throws IOException {
            try (this) {
                for (StreamState state : Futures.join(standing)) {
                    passing.add(state.id());
                    pass(state);
                }
                for (Found one : found) {
                    if (!one.goesOn) {
                        seeOff(one);
                    }
                }
            }
        }

        /** One that waits in an accept queue has no descriptor. */
        private void pass(StreamState state) {
            Found end = ends.get(state.id());
            items.add(new ServiceRecord.Item(state, end == null ? List.of() : custody.items().get(end.index).fate().numbers(), -1));
            if (end != null) {
                end.goesOn = true;
            }
        }

        /** Nobody looks at the descriptors any more. */
        @Override
        public void close() {
            standing.handle((states, failure) -> null).join();
            found.forEach(one -> Posix.close(one.fd));
        }
    }

    /** A connection may have ended since it was looked at, while its process ran. Any thread. */
    private Sight lookAt(FdFate fate, int fd) throws IOException {
        if (fate.fate() != Fate.CONNECTION) {
            return new Sight(fate, newState(fate, fd));
        }
        FdFate now = survey.again(fate, fd);
        if (!now.fate().staysBehind()) {
            throw new IOException("fd " + fate.fd() + " (" + fate.detail() + ") was a connection and is none any more, nor has it ended: try again");
        }
        return new Sight(now, newState(now, fd));
    }

    /** Null if it does not begin to be a stream. Any thread. */
    private StreamState newState(FdFate fate, int fd) {
        if (!fate.fate().becomesStream()) {
            return null;
        }
        Stubs.Outlook foreseen = fate.fate() == Fate.CONNECTION ? foresight.of(fate) : null;
        long id = foreseen == null ? node.deputies().newId() : foreseen.state().id();
        InetSocketAddress local = address(fate, true);
        return switch (fate.fate()) {
            case LISTENER -> StreamState.listener(
                    id, node.name(), local, fate.facts().tcp().backlog(), SocketOptions.read(fd));
            case CONNECTION -> StreamState.connection(
                            id, node.name(), StreamKind.TCP, local, address(fate, false), SocketOptions.read(fd))
                    .withOutbound(Deputies.outboundOf(fate.facts().tcp().state()));
            case UNIX_STREAM -> StreamState.connection(id, node.name(), StreamKind.UNIX, null, null, SocketOptions.NONE);
            case PIPE_IN -> StreamState.connection(id, node.name(), StreamKind.PIPE_IN, null, null, SocketOptions.NONE);
            case PIPE_OUT, TERMINAL -> StreamState.connection(
                    id, node.name(), StreamKind.PIPE_OUT, null, null, SocketOptions.NONE);
            default -> throw new IllegalArgumentException(fate.toString());
        };
    }

    private void passDummiesOn() throws IOException {
        Map<Long, HostedService.UnixDummy> dummies = new HashMap<>();
        service.dummies().forEach(dummy -> dummies.put(dummy.streamId(), dummy));
        passing.addAll(dummies.keySet());
        for (StreamState state : Futures.join(node.stubs().quiesce(Map.of(), dummies.keySet()))) {
            HostedService.UnixDummy dummy = dummies.get(state.id());
            items.add(new ServiceRecord.Item(state, dummy.fds(), dummy.keptFd()));
        }
    }

    /** A connection that is over, still held by the process: it shall read what is left, and meet the end that it would have met here. */
    private void seeOff(Found over) throws IOException {
        StreamState state = Stubs.over(node.deputies().newId(), over.fd);
        items.add(new ServiceRecord.Item(state, custody.items().get(over.index).fate().numbers(), -1));
    }

    private static InetSocketAddress address(FdFate fate, boolean local) {
        return fate.facts() == null
                ? null
                : (local ? fate.facts().local() : fate.facts().remote()) instanceof InetSocketAddress inet ? inet : null;
    }
}

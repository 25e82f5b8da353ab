package io.homeport.migration.departure;

import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Linux;
import io.homeport.process.Fate;
import io.homeport.process.FdFate;
import io.homeport.process.OpenFile;
import io.homeport.service.Futures;
import io.homeport.service.HostedService;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import io.homeport.stream.Deputies;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import io.homeport.stream.Stubs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which streams a leaving process has: those that begin now, whose real sockets stay here, and those that only pass their
 * end on, whose stubs stand still until the commit or the roll-back. Also which of its sockets are connecting: they become
 * no streams.
 *
 * <p>Used by the migration's thread while the process is frozen or stopped.
 */
final class StreamLedger {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLedger.class);
    /** The keeper has these twice for a moment, under their old name and their new one, and its descriptors are limited. */
    private static final int AT_ONCE = 1_000;

    private final NodeParts node;
    private final HostedService service;
    private final Custody custody;
    private final List<ServiceRecord.Item> items = new ArrayList<>();
    /** By the state itself: it is large, and equal to no other. */
    private final Map<StreamState, Integer> beginning = new IdentityHashMap<>();
    private final Set<Long> passing = new HashSet<>();
    /** By the index in custody. */
    private final Map<Integer, ServiceRecord.Connecting> connecting = new TreeMap<>();

    private StreamLedger(NodeParts node, HostedService service, Custody custody) {
        this.node = node;
        this.service = service;
        this.custody = custody;
    }

    /** Draws the ledger up; its descriptors are vacated. */
    static StreamLedger open(NodeParts node, HostedService service, Custody custody, Undo undo) throws IOException {
        StreamLedger ledger = new StreamLedger(node, service, custody);
        undo.add("let the stubs go on", () -> Futures.join(node.stubs().resume(ledger.passing)));
        ledger.begin();
        ledger.connectAnew();
        ledger.passOn();
        ledger.seeOff();
        return ledger;
    }

    List<ServiceRecord.Item> items() {
        return items;
    }

    List<ServiceRecord.Connecting> connecting() {
        return List.copyOf(connecting.values());
    }

    /** The commit is done: real sockets go to deputies, which read them from now on; stubs that were passed on are forgotten. */
    void commit() throws IOException {
        List<StreamState> states = List.copyOf(beginning.keySet());
        for (int from = 0; from < states.size(); from += AT_ONCE) {
            Map<StreamState, Integer> sockets = new IdentityHashMap<>();
            for (StreamState state : states.subList(from, Math.min(from + AT_ONCE, states.size()))) {
                sockets.put(state, custody.handOut(beginning.get(state)));
            }
            Futures.join(node.deputies().hold(sockets));
            custody.forgetHandedOut();
        }
        Futures.join(node.deputies().open(states.stream().map(StreamState::id).toList()));
        Futures.join(node.stubs().drop(passing));
        connecting.forEach((index, socket) -> giveUp(custody.handOut(index), socket));
    }

    /** The copy connects from its node: whoever has answered the connect from here meanwhile sees a reset. */
    private void giveUp(int fd, ServiceRecord.Connecting socket) {
        if (Sockets.state(fd) == Linux.TCP_ESTABLISHED) {
            LOG.info("{}: the connection to {} was made after it had been frozen; it is reset and made anew", service.name(), socket.remote());
        }
        Sockets.reset(fd);
    }

    private void connectAnew() {
        for (int i = 0; i < custody.items().size(); i++) {
            FdFate fate = custody.items().get(i).fate();
            if (fate.fate() == Fate.CONNECTING) {
                SocketOptions options = SocketOptions.read(custody.items().get(i).daemonFd());
                boolean failed = fate.facts().tcp().connectFailed();
                connecting.put(i, new ServiceRecord.Connecting(address(fate, false), failed, options, numbers(fate)));
            }
        }
    }

    private void begin() {
        for (int i = 0; i < custody.items().size(); i++) {
            FdFate fate = custody.items().get(i).fate();
            if (fate.fate().becomesStream()) {
                StreamState state = newState(fate, custody.items().get(i).daemonFd());
                beginning.put(state, i);
                items.add(new ServiceRecord.Item(state, numbers(fate), custody.keptFd(i)));
            }
        }
    }

    private StreamState newState(FdFate fate, int fd) {
        long id = node.deputies().newId();
        InetSocketAddress local = address(fate, true);
        return switch (fate.fate()) {
            case LISTENER -> StreamState.listener(
                    id, node.name(), local, fate.facts().tcp().backlog(), SocketOptions.read(fd));
            case CONNECTION -> StreamState.connection(
                            id, node.name(), StreamKind.TCP, local, address(fate, false), SocketOptions.read(fd))
                    .withOutbound(Deputies.outboundOf(fd));
            case UNIX_STREAM -> StreamState.connection(id, node.name(), StreamKind.UNIX, null, null, SocketOptions.NONE);
            case PIPE_IN -> StreamState.connection(id, node.name(), StreamKind.PIPE_IN, null, null, SocketOptions.NONE);
            case PIPE_OUT, TERMINAL -> StreamState.connection(
                    id, node.name(), StreamKind.PIPE_OUT, null, null, SocketOptions.NONE);
            default -> throw new IllegalArgumentException(fate.toString());
        };
    }

    /** Stops the stubs of streams whose origin is elsewhere or here, and takes down where they stand. */
    private void passOn() throws IOException {
        Map<Integer, Integer> moved = new HashMap<>();
        for (int i = 0; i < custody.items().size(); i++) {
            if (custody.items().get(i).fate().fate() == Fate.STUB) {
                moved.put(custody.items().get(i).daemonFd(), i);
            }
        }
        Map<Long, Integer> shadowFds = new HashMap<>();
        Map<Long, Integer> custodyIndex = new HashMap<>();
        Futures.join(node.stubs().identify(service.net(), moved.keySet())).forEach((fd, id) -> {
            shadowFds.put(id, fd);
            custodyIndex.put(id, moved.get(fd));
        });
        Map<Long, HostedService.UnixDummy> dummies = new HashMap<>();
        service.dummies().forEach(dummy -> dummies.put(dummy.streamId(), dummy));
        passing.addAll(shadowFds.keySet());
        passing.addAll(dummies.keySet());
        for (StreamState state : Futures.join(node.stubs().quiesce(shadowFds, dummies.keySet()))) {
            passing.add(state.id());
            Integer index = custodyIndex.get(state.id());
            HostedService.UnixDummy dummy = dummies.get(state.id());
            if (index != null) {
                items.add(new ServiceRecord.Item(
                        state, numbers(custody.items().get(index).fate()), custody.keptFd(index)));
            } else if (dummy != null) {
                items.add(new ServiceRecord.Item(state, dummy.fds(), dummy.keptFd()));
            } else {
                items.add(new ServiceRecord.Item(state, List.of(), -1));
            }
        }
    }

    /** Connections that are over, still held by the process: it shall read what is left, and meet the end that it would have met here. */
    private void seeOff() throws IOException {
        Set<Integer> known = new HashSet<>();
        items.forEach(item -> known.addAll(item.fds()));
        connecting.values().forEach(socket -> known.addAll(socket.fds()));
        for (int i = 0; i < custody.items().size(); i++) {
            Custody.Item item = custody.items().get(i);
            if (!known.contains(item.fate().fd())) {
                StreamState state = Stubs.over(node.deputies().newId(), item.daemonFd());
                items.add(new ServiceRecord.Item(state, numbers(item.fate()), custody.keptFd(i)));
            }
        }
    }

    private static List<Integer> numbers(FdFate fate) {
        return fate.files().stream().map(OpenFile::fd).toList();
    }

    private static InetSocketAddress address(FdFate fate, boolean local) {
        return fate.facts() == null
                ? null
                : (local ? fate.facts().local() : fate.facts().remote()) instanceof InetSocketAddress inet ? inet : null;
    }
}

package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import io.homeport.socket.TcpQueues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Stops the streams of a frozen process and writes down where they stand.
 *
 * <pre>
 *   1  nothing is written towards the application any more
 *      most connections have nothing under way, and are through
 *   2  what it wrote is read to the last byte: until its send queue and our receive queue are empty
 *   3  what it has not read is copied from its receive queue and our send queue, which stay as they are
 * </pre>
 *
 * <p>Step 2 may take some turns of the loop: the kernel sends on when our reading has opened the window. Data loop, but for
 * {@link #lookAtQueues}.
 */
final class Quiesce {
    private static final int POLL_MS = 1;
    /** A window that was closed is probed within 200 ms (TCP_RTO_MIN); ten times that. */
    private static final int MAX_POLLS = 2_000;

    private static final byte[] NOTHING = {};

    private final StubTable stubs;
    private final StreamContext context;
    private final Map<Long, Integer> applicationFds;
    private final Collection<Long> otherIds;
    private final CompletableFuture<Quiesce> drained;
    private final Map<Stub, Integer> streams = new HashMap<>();
    private final List<Standing> standing = new ArrayList<>();
    /** Of which there may still be something to read. */
    private List<Standing> moving;
    private int polls;

    Quiesce(StubTable stubs, StreamContext context, Map<Long, Integer> applicationFds, Collection<Long> otherIds,
            CompletableFuture<Quiesce> drained) {
        this.stubs = stubs;
        this.context = context;
        this.applicationFds = applicationFds;
        this.otherIds = otherIds;
        this.drained = drained;
    }

    /** A stream that has stopped. */
    private static final class Standing {
        final Stub stub;
        /** The application's end. */
        final int fd;
        /** Ever written towards it. */
        final long written;
        /** What it has not read, if that has all arrived; else null. */
        byte[] unread;

        Standing(Stub stub, int fd) {
            this.stub = stub;
            this.fd = fd;
            this.written = stub.isListener() ? 0 : stub.end.inflow().bytesWritten();
        }

        boolean isConnection() {
            return stub.state.kind() == StreamKind.TCP;
        }
    }

    void begin() {
        applicationFds.forEach((id, fd) -> add(stubs.find(id), fd));
        otherIds.forEach(id -> add(stubs.find(id), -1));
        for (Stub listener : List.copyOf(streams.keySet())) {
            if (listener.isListener()) {
                emptyAcceptQueue(listener, streams.get(listener));
                forgetUnconnected(listener);
            }
        }
        streams.keySet().forEach(Stub::standStill);
        streams.forEach((stub, fd) -> standing.add(new Standing(stub, fd)));
        List<Standing> connections = standing.stream().filter(Standing::isConnection).toList();
        findQuiet(connections);
        moving = connections.stream().filter(one -> one.unread == null).toList();
        poll();
    }

    private static void findQuiet(List<Standing> connections) {
        boolean[] quiet = Standstill.quietPairs(
                connections.stream().map(one -> one.stub).toList(), connections.stream().mapToInt(one -> one.fd).toArray());
        for (int i = 0; i < quiet.length; i++) {
            connections.get(i).unread = quiet[i] ? NOTHING : null;
        }
    }

    /** Whether nothing need be asked any more of what they have not read: so it is mostly. */
    boolean isThrough() {
        return moving.isEmpty();
    }

    /** The kernel's part of step 3, of what has all arrived, as it has mostly: on any thread, while the loop stops other streams. */
    Quiesce lookAtQueues() {
        for (Standing one : moving) {
            one.unread = arrived(one);
        }
        return this;
    }

    private static byte[] arrived(Standing one) {
        try {
            return TcpQueues.arrived(one.fd, one.written);
        } catch (PosixException e) {
            return null; // the loop will meet it again, and say so
        }
    }

    /** Where they stand, in no order. */
    List<StreamState> states() {
        return standing.stream().map(Quiesce::stateOf).collect(Collectors.toCollection(ArrayList::new));
    }

    /** Where a quiesced stream stands. {@code fd} is the application's end; -1 for kinds whose queues travel in the process's image. */
    static StreamState stateOf(Stub stub, int fd) {
        return stateOf(new Standing(stub, fd));
    }

    /** Where a stream that goes on would stand if nothing of it came any more. */
    static StreamState outlook(Stub stub) {
        Inflow in = stub.end.inflow();
        Outflow out = stub.end.outflow();
        return stateAt(stub, new StreamState.Inbound(in.dataEnd(), NOTHING, in.eof()),
                new StreamState.Outbound(out.readSoFar(), NOTHING, out.eof(), Mark.isFinal(out.lastMark())));
    }

    private static StreamState stateAt(Stub stub, StreamState.Inbound inbound, StreamState.Outbound outbound) {
        StreamState before = stub.state;
        return new StreamState(
                before.id(), before.origin(), before.kind(), before.local(), before.remote(), before.listenerId(), stub.unacceptedFd >= 0,
                stub.options, stub.optionsChanged, before.backlog(), inbound, outbound);
    }

    private static StreamState stateOf(Standing one) {
        Stub stub = one.stub;
        StreamState before = stub.state;
        if (stub.isListener()) {
            return before;
        }
        Inflow in = stub.end.inflow();
        Outflow out = stub.end.outflow();
        byte[] unread = NOTHING;
        try {
            if (before.kind() == StreamKind.TCP) {
                unread = one.unread != null ? one.unread : TcpQueues.unread(one.fd, stub.end.local().number(), one.written);
            }
        } catch (PosixException e) {
            throw new UncheckedIOException(new IOException(stub.end + ": " + e.getMessage(), e));
        }
        return stateAt(stub, in.carried(in.dataEnd() - unread.length, unread),
                new StreamState.Outbound(out.acked(), out.unsent(), out.eof(), Mark.isFinal(out.lastMark())));
    }

    /** A connection that is over, told from the application's end alone: all its bytes are there. */
    static StreamState over(long id, int fd) throws PosixException {
        byte[] unread = TcpQueues.received(fd);
        boolean reset = (Posix.poll(fd, 0, 0) & Linux.POLLERR) != 0;
        InetSocketAddress local = Sockets.local(fd);
        InetSocketAddress remote = Sockets.state(fd) == Linux.TCP_CLOSE ? new InetSocketAddress(local.getAddress(), 1) : Sockets.remote(fd);
        return StreamState.over(id, local, remote, SocketOptions.read(fd), unread, reset);
    }

    private void add(Stub stub, int fd) {
        if (stub != null && (stub.end == null || !stub.end.local().closed())) {
            streams.put(stub, fd);
        }
    }

    private void emptyAcceptQueue(Stub listener, int fd) {
        while (Posix.poll(fd, Linux.POLLIN, 0) > 0) {
            int accepted = Posix.accept4(fd, null, Linux.SOCK_CLOEXEC);
            if (accepted < 0) {
                return;
            }
            Stub child = childAt(listener, accepted);
            if (child == null) {
                // Reset meanwhile, or not attached yet: its deputy offers it again.
                Sockets.reset(accepted);
            } else {
                child.unacceptedFd = accepted;
                streams.put(child, accepted);
            }
        }
    }

    /** Connections that have not got into the accept queue: their deputy offers them again. */
    private void forgetUnconnected(Stub listener) {
        listener.waitingChildren.clear();
        listener.connectingChildren = 0;
        List<Stub> children = new ArrayList<>();
        for (Stub stub : stubs.all()) {
            if (stub.state.listenerId() == listener.state.id() && stub.phase == Stub.Phase.CONNECTING && !streams.containsKey(stub)) {
                children.add(stub);
            }
        }
        children.forEach(stubs::giveUp);
    }

    private Stub childAt(Stub listener, int fd) {
        try {
            InetSocketAddress remote = Sockets.remote(fd);
            for (Stub stub : stubs.all()) {
                if (stub.state.listenerId() == listener.state.id() && remote.equals(stub.state.remote()) && !stub.end.over()) {
                    return stub;
                }
            }
        } catch (PosixException e) {
            // ENOTCONN: it was reset while it waited.
        }
        return null;
    }

    private void poll() {
        boolean complete = true;
        for (Standing one : moving) {
            complete &= drained(one.stub, one.fd);
        }
        if (complete || ++polls > MAX_POLLS) {
            finish(complete);
        } else {
            context.after(POLL_MS, this::poll);
        }
    }

    /** Reads what the application wrote; true if there can be no more of it. */
    private static boolean drained(Stub stub, int fd) {
        Outflow out = stub.end.outflow();
        boolean underWay = underWay(stub, fd);
        while (out.drainOnce()) {
            // on
        }
        return out.inputEnded() || !underWay;
    }

    private static boolean underWay(Stub stub, int fd) {
        if (Sockets.unacknowledged(fd) <= 0) {
            return false;
        }
        Sockets.acknowledgeNow(stub.end.local().number());
        return Sockets.state(fd) != Linux.TCP_CLOSE; // one that was reset still shows what it had queued
    }

    private void finish(boolean complete) {
        try {
            if (!complete) {
                throw new IllegalStateException("the bytes that the application wrote did not arrive within " + MAX_POLLS * POLL_MS + " ms");
            }
            drained.complete(this);
        } catch (RuntimeException e) {
            drained.completeExceptionally(e);
        }
    }
}

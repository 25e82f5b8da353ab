package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.BufferUtil;

/**
 * A "process" that echoes what comes on its sockets, and that a test can freeze and move from node to node. Its descriptors are this JVM's; the
 * moves are those of a real migration: states, shadow sockets, surrender.
 */
final class EchoProcess implements AutoCloseable {
    private static final int BUFFER_BYTES = 20_000;

    private final Map<Long, Connection> connections = new HashMap<>();
    private final Set<Long> home = new HashSet<>();
    private final List<Connection> fresh = new ArrayList<>();
    private final Map<Long, Integer> listeners = new HashMap<>();
    private final Thread thread = new Thread(this::run, "echo-process");
    private volatile boolean running = true;
    private TestNode host;
    private ShadowNet net;
    private int epoch;

    private static final class Connection {
        int fd;
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        int from;
        int to;

        /** Reads or writes what goes without waiting; true if it is over. */
        boolean step() throws PosixException {
            if (from == to) {
                long n = Posix.recv(fd, BufferUtil.address(buffer), BUFFER_BYTES, Linux.MSG_DONTWAIT);
                if (n == 0) {
                    return true;
                }
                from = 0;
                to = n == -11 ? 0 : (int) Posix.check(n, "recv");
            }
            if (from < to) {
                long n = Posix.send(fd, BufferUtil.address(buffer) + from, to - from, Linux.MSG_DONTWAIT);
                from += n == -11 ? 0 : (int) Posix.check(n, "send");
            }
            return false;
        }
    }

    EchoProcess(TestNode origin) {
        host = origin;
        thread.start();
    }

    /** Opens a connection whose client end is {@code client}. */
    synchronized void open(long id, int fd) {
        Connection connection = new Connection();
        connection.fd = fd;
        connections.put(id, connection);
    }

    synchronized void listen(long id, int fd) {
        listeners.put(id, fd);
    }

    TestNode host() {
        return host;
    }

    synchronized boolean isDone() {
        return connections.isEmpty() && fresh.isEmpty();
    }

    /** The first move: real sockets become deputies. */
    synchronized void leaveOrigin(TestNode destination, Map<Long, StreamState> states) throws Exception {
        Map<StreamState, Integer> held = new HashMap<>();
        states.forEach((id, state) -> held.put(state, connections.containsKey(id) ? connections.get(id).fd : listeners.get(id)));
        host.plane.deputies().hold(held).get();
        TestNode origin = host;
        arrive(destination, List.copyOf(states.values()));
        origin.plane.deputies().open(states.keySet()).get();
    }

    /** A later move. {@code rollBack}: it is called off when all was ready. */
    synchronized void hop(TestNode destination, boolean rollBack) throws Exception {
        identifyFresh();
        Map<Long, Integer> fds = new HashMap<>(listeners);
        connections.forEach((id, connection) -> fds.put(id, connection.fd));
        Stubs stubs = host.plane.stubs();
        List<StreamState> states = new ArrayList<>(stubs.quiesce(fds, List.of()).get());
        if (!rollBack) {
            endedOnes(states);
        }
        List<Long> ids = states.stream().map(StreamState::id).toList();
        ShadowNet before = net;
        Map<Long, Connection> old = new HashMap<>(connections);
        if (rollBack) {
            try (ShadowNet vain = ShadowNet.open("vain")) {
                Map<Long, Integer> made = destination.plane.stubs().prepare(vain, epoch + 1, arrivals(states)).get();
                made.values().forEach(Posix::close);
                destination.plane.stubs().drop(ids).get();
            }
            stubs.resume(ids).get();
            return;
        }
        List<Integer> gone = old.values().stream().map(connection -> connection.fd).toList();
        List<Integer> goneListeners = List.copyOf(listeners.values());
        arrive(destination, states);
        gone.forEach(Posix::close);
        goneListeners.forEach(Posix::close);
        stubs.drop(ids).get();
        before.close();
    }

    /** Back at the origin: real sockets for those that are drained; true if all are back. */
    boolean comeHome() throws Exception {
        Set<Long> all = new HashSet<>();
        synchronized (this) {
            identifyFresh();
            all.addAll(connections.keySet());
            all.addAll(listeners.keySet());
        }
        all.removeAll(home);
        host.plane.homecoming().begin(all).get();
        host.plane.homecoming().drained(all, 500).get();
        return takeBack(all);
    }

    private synchronized boolean takeBack(Set<Long> all) throws Exception {
        Map<Long, Integer> fds = host.plane.homecoming().surrender(all, 100).get();
        fds.forEach((id, fd) -> {
            if (connections.containsKey(id)) {
                Posix.close(connections.get(id).fd);
                connections.get(id).fd = fd;
            } else {
                Posix.close(listeners.put(id, fd));
            }
        });
        host.plane.stubs().drop(fds.keySet()).get();
        home.addAll(fds.keySet());
        Set<Long> rest = new HashSet<>(all);
        rest.removeAll(fds.keySet());
        host.plane.homecoming().cancel(rest).get();
        rest.retainAll(connections.keySet());
        return rest.isEmpty() && fresh.isEmpty();
    }

    @Override
    public void close() throws Exception {
        running = false;
        thread.join();
        connections.values().forEach(connection -> Posix.close(connection.fd));
        listeners.values().forEach(Posix::close);
        if (net != null) {
            net.close();
        }
    }

    private void arrive(TestNode destination, List<StreamState> states) throws Exception {
        net = ShadowNet.open("echo");
        host = destination;
        Map<Long, Integer> fds = destination.plane.stubs().prepare(net, ++epoch, arrivals(states)).get();
        fds.forEach((id, fd) -> {
            if (connections.containsKey(id)) {
                connections.get(id).fd = fd;
            } else {
                listeners.put(id, fd);
            }
        });
        for (StreamState state : states) {
            assertThat(fds.containsKey(state.id())).as("%s", state).isEqualTo(!state.unaccepted());
        }
        destination.plane.stubs().start(states.stream().map(StreamState::id).toList()).get();
    }

    /** Connections that are over but not read to the end have no stream any more; they move all the same. */
    private void endedOnes(List<StreamState> states) throws Exception {
        Set<Long> ended = new HashSet<>(connections.keySet());
        states.forEach(state -> ended.remove(state.id()));
        for (long id : ended) {
            states.add(Stubs.over(id, connections.get(id).fd));
        }
    }

    private static List<Arrival> arrivals(List<StreamState> states) {
        return states.stream().map(state -> new Arrival(state, -1)).toList();
    }

    private void identifyFresh() throws Exception {
        Map<Integer, Long> ids = host.plane.stubs().identify(net, fresh.stream().map(connection -> connection.fd).toList()).get();
        for (Connection connection : fresh) {
            // One that is over already, but not read to its end, has no stub any more.
            connections.put(ids.getOrDefault(connection.fd, host.plane.deputies().newId()), connection);
        }
        fresh.clear();
    }

    private void run() {
        while (running) {
            synchronized (this) {
                listeners.values().forEach(this::accept);
                connections.values().removeIf(EchoProcess::over);
                fresh.removeIf(EchoProcess::over);
            }
            Thread.yield();
        }
    }

    private void accept(int fd) {
        if (Posix.poll(fd, Linux.POLLIN, 0) > 0 && fresh.size() < 3) {
            Connection connection = new Connection();
            connection.fd = Posix.accept4(fd, null, Linux.SOCK_CLOEXEC);
            fresh.add(connection);
        }
    }

    private static boolean over(Connection connection) {
        try {
            boolean over = connection.step();
            if (over) {
                Posix.close(connection.fd);
            }
            return over;
        } catch (PosixException e) {
            System.out.println("echo process: " + e.getMessage() + " " + SocketOptions.read(connection.fd));
            Sockets.reset(connection.fd);
            return true;
        }
    }
}

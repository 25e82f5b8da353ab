package io.homeport.socket;

import io.homeport.keeper.FdStore;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.posix.Sockaddr;
import java.io.Closeable;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The private world in which a moved process keeps its sockets' addresses. One for each moved process; closed with it.
 *
 * <pre>
 *   room 0 (a network namespace): every address is local
 *       A  local ◄──────────► remote  D        A: the application's end, D: the daemon's
 *       L  local (listening) ◄── connect from the real peer's address
 *   room 1, 2, ...: made when an address pair is taken, as by both ends of a connection inside the process
 * </pre>
 *
 * <p>Sockets outlive it: each namespace goes with its last socket. Methods may be called from any thread; {@link #open} takes
 * milliseconds.
 */
public final class ShadowNet implements Closeable {
    private static final int EBADF = 9;
    private static final int EAGAIN = 11;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;
    private static final int EINPROGRESS = 115;
    /** More than two have no known use; a limit on everything. */
    private static final int MAX_ROOMS = 8;
    private static final int TEMPORARY_BACKLOG = 4096;
    /** A service that connects has as many local addresses as connections: each listener is of use once then. */
    private static final int MAX_TEMPORARY = 64;
    private static final int HANDSHAKE_TIMEOUT_MS = 5_000;

    private final String name;
    private final long service;
    private final FdStore store;
    private final List<NetNamespace> rooms = new ArrayList<>();
    private final Map<Spot, Temporary> temporary = new HashMap<>();
    private final Map<Integer, SocketOptions> unsettled = new HashMap<>();
    private boolean closed;

    private record Spot(int room, int family, InetSocketAddress local) {}

    /** A listener for the moment: what it accepts is alike, so what is to be set on one of them is to be set on all. */
    private static final class Temporary {
        private final int fd;
        private final Map<SocketOptions, SocketOptions> missing = new HashMap<>();
        private SocketOptions fresh;

        Temporary(int fd) {
            this.fd = fd;
        }

        /** What one that was just accepted has not of {@code wanted}. */
        SocketOptions missing(int accepted, SocketOptions wanted) {
            if (fresh == null) {
                fresh = SocketOptions.read(accepted);
            }
            return missing.computeIfAbsent(wanted, options -> options.changedSince(fresh));
        }
    }

    private ShadowNet(String name, long service, FdStore store) {
        this.name = name;
        this.service = service;
        this.store = store;
    }

    /** Both ends of a shadow connection; the caller has both and closes both. */
    public record Pair(int applicationFd, int daemonFd, int room) {}

    /** A shadow listener; the caller has it. Connections to it are made in its room. */
    public record Listener(int fd, int room) {}

    /** Makes the first room. {@code name} is the process, for messages. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN. */
    public static ShadowNet open(String name) throws PosixException {
        return open(name, 0, FdStore.none());
    }

    /** The same; its rooms outlive this daemon in {@code store} until {@link #close}, under names made of the service's id. */
    public static ShadowNet open(String name, long service, FdStore store) throws PosixException {
        ShadowNet net = new ShadowNet(name, service, store);
        net.room(0);
        return net;
    }

    /** Takes over the rooms that a daemon before this one has left in {@code store}; it has none if there are none. */
    public static ShadowNet recover(String name, long service, FdStore store) throws PosixException {
        ShadowNet net = new ShadowNet(name, service, store);
        int room = 0;
        for (int fd = store.claim(net.keptName(room)); fd >= 0; fd = store.claim(net.keptName(++room))) {
            net.rooms.add(NetNamespace.recover(fd));
        }
        return net;
    }

    /** The service that it is for. */
    public long service() {
        return service;
    }

    /**
     * Makes a connected pair with these addresses as A sees them; A's family and options are those given (SO_REUSEADDR not before
     * {@link #settle}). Both ends are non-blocking; whether A's is, its next owner decides by dup3's source flags (O_NONBLOCK is A's own).
     */
    public synchronized Pair pair(InetSocketAddress local, InetSocketAddress remote, SocketOptions options) throws PosixException {
        Pair pair = unsettledPair(local, remote, options);
        unsettled.put(pair.applicationFd(), options);
        return pair;
    }

    /** The same; the caller settles A by {@link SocketOptions#applyReuse} before the application gets it. */
    public synchronized Pair unsettledPair(InetSocketAddress local, InetSocketAddress remote, SocketOptions options) throws PosixException {
        for (int room = 0; ; room++) {
            try {
                return pair(room, local, remote, options);
            } catch (PosixException e) {
                if (!taken(e) || room == MAX_ROOMS - 1) {
                    throw e;
                }
            }
        }
    }

    /** Makes the application's listener; first the temporary ones that {@link #pair} made are closed. */
    public synchronized Listener listener(InetSocketAddress local, int backlog, SocketOptions options) throws PosixException {
        closeTemporary();
        for (int room = 0; ; room++) {
            int family = family(options, local);
            int fd = room(room).socket(family, Linux.SOCK_STREAM, 0);
            try {
                prepareToBind(fd, family);
                options.applyButReuse(fd);
                Posix.check(Posix.bind(fd, Sockaddr.encode(local, family)), "bind a shadow listener to " + local);
                Posix.check(Posix.listen(fd, backlog), "listen on " + local);
                unsettled.put(fd, options);
                return new Listener(fd, room);
            } catch (PosixException e) {
                Posix.close(fd);
                if (!taken(e) || room == MAX_ROOMS - 1) {
                    throw e;
                }
            }
        }
    }

    /** To be called when all pairs and listeners of an arrival are made and before the application gets them: the last options. */
    public synchronized void settle() {
        closeTemporary();
        unsettled.forEach((fd, options) -> options.applyReuse(fd));
        unsettled.clear();
    }

    /**
     * Begins a connection to a listener of {@code room} from {@code remote}'s address; it is made when the returned socket is writable, and
     * may fail then (SO_ERROR). If the listener's queue is full the kernel tries again by itself.
     */
    public synchronized int connect(int room, InetSocketAddress local, InetSocketAddress remote) throws PosixException {
        int family = local.getAddress() instanceof Inet4Address ? Linux.AF_INET : Linux.AF_INET6;
        int fd = room(room).socket(family, Linux.SOCK_STREAM, 0);
        try {
            prepareToBind(fd, family);
            int bound = Posix.bind(fd, Sockaddr.encode(remote, family));
            if (bound < 0) {
                throw new PosixException(-bound, "bind a shadow socket to " + remote);
            }
            int result = Posix.connect(fd, Sockaddr.encode(local, family));
            if (result < 0 && result != -EINPROGRESS) {
                throw new PosixException(-result, "connect the shadow of " + remote + " to " + local);
            }
            Posix.setsockoptInt(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
            return fd;
        } catch (PosixException e) {
            Posix.close(fd);
            throw e;
        }
    }

    /**
     * Whether the application has closed its end of a connection, of which the daemon's end has seen the end of file: no descriptor refers
     * to A, or the kernel has forgotten it. (A shut-down socket has a descriptor still.)
     */
    public boolean closedByApplication(int room, InetSocketAddress local, InetSocketAddress remote) throws PosixException {
        return existing(room).diag().find(local, remote).inode() == 0;
    }

    /**
     * Whether the application has read all that came, and all that it wrote has come to the daemon's end: its kernel queues are empty. False
     * if it has closed the socket.
     *
     * @param eof whether the daemon's end has been shut down: an end of file that was not read yet is no byte
     */
    public boolean drained(int room, InetSocketAddress local, InetSocketAddress remote, boolean eof) throws PosixException {
        SockDiag.Found found = existing(room).diag().find(local, remote);
        return found.inode() != 0 && found.receiveQueue() <= (eof ? 1 : 0) && found.sendQueue() == 0;
    }

    /** Connections that a listener of the application has not accepted; -1 if there is no such listener any more. */
    public int backlogOf(int room, InetSocketAddress local) throws PosixException {
        SockDiag.Found found = existing(room).diag().find(local, null);
        return found.state() == Linux.TCP_LISTEN ? found.receiveQueue() : -1;
    }

    /** The room that a socket was made in; -1 if in none of these. */
    public synchronized int roomOf(int fd) {
        long cookie = Sockets.namespaceOf(fd);
        for (int room = 0; room < rooms.size(); room++) {
            if (rooms.get(room).cookie() == cookie) {
                return room;
            }
        }
        return -1;
    }

    /** Sockets live on. */
    @Override
    public synchronized void close() {
        closeTemporary();
        for (int room = 0; room < rooms.size(); room++) {
            rooms.get(room).close();
            store.letGo(keptName(room));
        }
        rooms.clear();
        closed = true;
    }

    /** Whether the process that it was for is gone. */
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        return "shadow net of " + name;
    }

    private Pair pair(int room, InetSocketAddress local, InetSocketAddress remote, SocketOptions options) throws PosixException {
        Temporary listener = temporaryListener(room, local, family(options, local));
        int daemonFd = connect(room, local, remote);
        try {
            // The handshake is done by the kernel's soft interrupt, as a rule within connect().
            int accepted = Posix.accept4(listener.fd, null, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
            if (accepted == -EAGAIN) {
                Posix.check(Posix.poll(listener.fd, Linux.POLLIN, HANDSHAKE_TIMEOUT_MS), "await the shadow of " + remote);
                accepted = Posix.accept4(listener.fd, null, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
            }
            if (accepted < 0) {
                throw new PosixException(-accepted, "accept the shadow of " + remote + " at " + local);
            }
            listener.missing(accepted, options).applyButReuse(accepted);
            return new Pair(accepted, daemonFd, room);
        } catch (PosixException e) {
            Posix.close(daemonFd);
            throw e;
        }
    }

    private Temporary temporaryListener(int room, InetSocketAddress local, int family) throws PosixException {
        Spot key = new Spot(room, family, local);
        Temporary known = temporary.get(key);
        if (known != null) {
            return known;
        }
        if (temporary.size() == MAX_TEMPORARY) {
            closeTemporary();
        }
        int fd = room(room).socket(family, Linux.SOCK_STREAM, 0);
        try {
            prepareToBind(fd, family);
            Posix.check(Posix.bind(fd, Sockaddr.encode(local, family)), "bind a shadow listener to " + local);
            Posix.check(Posix.listen(fd, TEMPORARY_BACKLOG), "listen on " + local);
        } catch (PosixException e) {
            Posix.close(fd);
            throw e;
        }
        Temporary made = new Temporary(fd);
        temporary.put(key, made);
        return made;
    }

    private void closeTemporary() {
        for (Temporary listener : temporary.values()) {
            // A program that is being started has this descriptor, too, until it begins: by itself close(2) might leave the port listened to.
            Posix.shutdown(listener.fd, Linux.SHUT_RD);
            Posix.close(listener.fd);
        }
        temporary.clear();
    }

    private NetNamespace existing(int room) throws PosixException {
        synchronized (this) {
            return room(room);
        }
    }

    private NetNamespace room(int room) throws PosixException {
        if (closed) {
            throw new PosixException(EBADF, this + " is closed");
        }
        while (rooms.size() <= room) {
            NetNamespace made = NetNamespace.make();
            store.keep(keptName(rooms.size()), made.descriptor());
            rooms.add(made);
        }
        return rooms.get(room);
    }

    private String keptName(int room) {
        return "n" + Long.toUnsignedString(service, Character.MAX_RADIX) + "." + room;
    }

    private static int family(SocketOptions options, InetSocketAddress local) {
        boolean four = local.getAddress() instanceof Inet4Address;
        return options.family() != 0 ? options.family() : four ? Linux.AF_INET : Linux.AF_INET6;
    }

    private static void prepareToBind(int fd, int family) {
        Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
        if (family == Linux.AF_INET6) {
            // For IPv6 a local route does not make an address bindable (__inet6_bind asks ipv6_chk_addr); for IPv4 it does.
            Posix.setsockoptInt(fd, Linux.IPPROTO_IPV6, Linux.IPV6_FREEBIND, 1);
        }
    }

    private static boolean taken(PosixException e) {
        return e.errno() == EADDRINUSE || e.errno() == EADDRNOTAVAIL;
    }
}

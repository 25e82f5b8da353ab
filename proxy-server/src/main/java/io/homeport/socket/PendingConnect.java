package io.homeport.socket;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.posix.Sockaddr;
import java.io.Closeable;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP socket of this node's own network for a process that was connecting when it left another node: new, with the old one's
 * options, and bound to nothing (whether the application had bound the old one, no system call tells).
 *
 * <pre>
 *   prepare ─▶ under the process's descriptors ─▶ begin: SYN_SENT          the process wakes up: its connect(2) restarts and waits on,
 *                                              └▶ fail:  ECONNREFUSED      its poll and epoll see what becomes of it (__inet_stream_connect)
 * </pre>
 *
 * <p>One thread at a time, in this node's own namespace; the process must be stopped until begin or fail is done, because the
 * socket's O_NONBLOCK is its own too. Whoever prepared it closes it, which leaves the process's descriptors alone.
 */
public final class PendingConnect implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(PendingConnect.class);
    /** On loopback a refusal comes within connect(2) itself; this long only if the machine stalls. */
    private static final int REFUSAL_TIMEOUT_MS = 1_000;

    private final int fd;
    private final int family;
    private final InetSocketAddress remote;

    private PendingConnect(int fd, int family, InetSocketAddress remote) {
        this.fd = fd;
        this.family = family;
        this.remote = remote;
    }

    /** Makes the socket; nobody outside sees anything of it yet. */
    public static PendingConnect prepare(InetSocketAddress remote, SocketOptions options) throws PosixException {
        int fd = Posix.check(Posix.socket(options.family(), Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0), "socket");
        options.apply(fd);
        return new PendingConnect(fd, options.family(), remote);
    }

    /** This daemon's descriptor of it. */
    public int number() {
        return fd;
    }

    /** Begins to connect and does not wait. If that fails at once the application is told: that it was refused, for want of a better way. */
    public void begin() {
        int result = connect(remote);
        if (result < 0 && result != -Errno.EINPROGRESS) {
            LOG.info("the connect to {} fails here: {}", remote, Errno.text(-result));
            fail();
        }
    }

    /** Lets it have failed with ECONNREFUSED, which the application has not been told yet. */
    public void fail() {
        int closed = -1;
        try {
            boolean six = family == Linux.AF_INET6 && Posix.getsockoptInt(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY) > 0;
            InetAddress loopback = six ? Inet6Address.getByName("::1") : InetAddress.getByName("127.0.0.1");
            closed = Posix.check(Posix.socket(family, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0), "socket");
            // Bound and not listening: whoever connects to it is refused, and nobody else can take the port meanwhile.
            Posix.check(Posix.bind(closed, Sockaddr.encode(new InetSocketAddress(loopback, 0), family)), "bind to " + loopback);
            int result = connect(Sockets.local(closed));
            Posix.check(result == -Errno.EINPROGRESS ? Posix.poll(fd, 0, REFUSAL_TIMEOUT_MS) : result, "be refused by " + loopback);
        } catch (PosixException | UnknownHostException e) {
            LOG.warn("the failed connect to {} cannot be told: {}", remote, e.getMessage());
        } finally {
            if (closed >= 0) {
                Posix.close(closed);
            }
        }
    }

    @Override
    public void close() {
        Posix.close(fd);
    }

    private int connect(InetSocketAddress address) {
        int flags = Posix.fcntl(fd, Linux.F_GETFL, 0);
        Posix.fcntl(fd, Linux.F_SETFL, flags | Linux.O_NONBLOCK);
        int result = Posix.connect(fd, Sockaddr.encode(address, family));
        Posix.fcntl(fd, Linux.F_SETFL, flags);
        return result;
    }
}

package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network namespace of this process's own in which every address is local.
 *
 * <pre>
 *   made   unshare(CLONE_NEWNET), lo up, local 0.0.0.0/0 and ::/0 on lo, no TIME_WAIT, no pacing
 *   used   setns there ─► socket(), which stays there ─► setns home        some microseconds, on the caller's thread
 * </pre>
 *
 * <p>A socket belongs to the namespace of the thread that made it and may be used by any thread afterwards. The namespace has no name on
 * disk: the kernel frees it with its last socket once this is closed. Any thread may call any method.
 */
final class NetNamespace implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(NetNamespace.class);
    /** The namespace's own: proc shows those of the thread that opens a file. */
    private static final Path TCP_SETTINGS = Path.of("/proc/sys/net/ipv4");
    private static final byte[] THREADS_NAMESPACE = "/proc/thread-self/ns/net\0".getBytes(StandardCharsets.US_ASCII);
    private static final int EBADF = 9;
    /** This process's. */
    private static final int HOME = Posix.open(THREADS_NAMESPACE, Linux.O_CLOEXEC);

    private final int descriptor;
    private final SockDiag diag;
    private final long cookie;
    private boolean closed;

    /** What is done in the namespace; must not block. */
    private interface Work<T> {
        T run() throws PosixException;
    }

    private NetNamespace(int descriptor) throws PosixException {
        this.descriptor = descriptor;
        this.diag = in(SockDiag::open);
        this.cookie = Sockets.namespaceOf(diag.number());
    }

    /** A new one. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN. */
    static NetNamespace make() throws PosixException {
        Posix.check(HOME, "open /proc/thread-self/ns/net");
        Posix.check(Posix.unshareNet(), "unshare(CLONE_NEWNET); needs CAP_SYS_ADMIN");
        try {
            Rtnetlink.makeEverythingLocal();
            // A peer may come again from the same port at once: nothing is lost or late in here (inet_twsk_alloc).
            set("tcp_max_tw_buckets", "0", "a peer that comes again from the same port may wait");
            // There is nothing to be found out about a line in memory, and BBR would pace what is sent by timers (tcp_write_xmit).
            set("tcp_congestion_control", "reno", "bytes may go more slowly");
            return recover(Posix.check(Posix.open(THREADS_NAMESPACE, Linux.O_CLOEXEC), "open /proc/thread-self/ns/net"));
        } finally {
            goHome();
        }
    }

    /** An earlier daemon's; takes the descriptor over. */
    static NetNamespace recover(int descriptor) throws PosixException {
        try {
            return new NetNamespace(descriptor);
        } catch (PosixException e) {
            Posix.close(descriptor);
            throw e;
        }
    }

    /** Makes a non-blocking, close-on-exec socket in the namespace. */
    int socket(int family, int type, int protocol) throws PosixException {
        return in(() -> Posix.check(Posix.socket(family, type | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, protocol), "socket"));
    }

    /** Of the namespace itself: a duplicate keeps it alive and lets a later daemon enter it. */
    int descriptor() {
        return descriptor;
    }

    /** Looks into the namespace's sockets. */
    SockDiag diag() {
        return diag;
    }

    /** SO_NETNS_COOKIE of its sockets. */
    long cookie() {
        return cookie;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Posix.close(descriptor);
            diag.close();
        }
    }

    private synchronized <T> T in(Work<T> work) throws PosixException {
        if (closed) {
            throw new PosixException(EBADF, "the shadow namespace is closed");
        }
        Posix.check(Posix.setns(descriptor, Linux.CLONE_NEWNET), "setns");
        try {
            return work.run();
        } finally {
            goHome();
        }
    }

    private static void goHome() {
        int result = Posix.setns(HOME, Linux.CLONE_NEWNET);
        if (result < 0) {
            // Whatever this thread did from now on, it would do in the wrong namespace.
            throw new IllegalStateException("a thread cannot leave a shadow namespace: errno " + -result);
        }
    }

    private static void set(String setting, String value, String without) {
        try {
            Files.writeString(TCP_SETTINGS.resolve(setting), value);
        } catch (IOException e) {
            LOG.debug("{} cannot be set: {}; {}", setting, e.toString(), without);
        }
    }
}

package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network namespace of this process's own in which every address is local, and the thread that lives in it.
 *
 * <pre>
 *   thread "shadow-NAME": unshare(CLONE_NEWNET), lo up, local 0.0.0.0/0 and ::/0 on lo ── then makes sockets for others
 * </pre>
 *
 * <p>A socket belongs to the namespace of the thread that made it and may be used by any thread afterwards. The namespace has no name on
 * disk: the kernel frees it with its last socket once {@link #close} has ended the thread. Any thread may call any method.
 */
final class NetNamespace implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(NetNamespace.class);
    private static final Path TIME_WAIT_LIMIT = Path.of("/proc/sys/net/ipv4/tcp_max_tw_buckets");
    private static final Runnable END = () -> {};
    private static final byte[] OWN_NAMESPACE = "/proc/thread-self/ns/net\0".getBytes(StandardCharsets.US_ASCII);
    private static final int EBADF = 9;

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final SockDiag diag;
    private final long cookie;

    /** @param descriptor of an earlier daemon's namespace, taken over and closed; -1 to make a new one */
    NetNamespace(String name, int descriptor) throws PosixException {
        CompletableFuture<SockDiag> started = new CompletableFuture<>();
        thread = new Thread(() -> live(started, descriptor), "shadow-" + name);
        thread.setDaemon(true);
        thread.start();
        diag = get(started);
        cookie = Sockets.namespaceOf(diag.number());
    }

    /** Makes a non-blocking, close-on-exec socket in the namespace. */
    int socket(int family, int type, int protocol) throws PosixException {
        return in(() -> Posix.check(Posix.socket(family, type | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, protocol), "socket"));
    }

    /** Opens a descriptor of the namespace itself, which keeps it alive and lets a later daemon enter it. */
    int open() throws PosixException {
        return in(() -> Posix.check(Posix.open(OWN_NAMESPACE, Linux.O_CLOEXEC), "open /proc/thread-self/ns/net"));
    }

    /** Runs a task in the namespace and waits for it. */
    <T> T in(Callable<T> task) throws PosixException {
        CompletableFuture<T> done = new CompletableFuture<>();
        tasks.add(() -> {
            try {
                done.complete(task.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        if (!thread.isAlive()) {
            throw new PosixException(EBADF, "the namespace of " + thread.getName() + " is closed");
        }
        return get(done);
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
    public void close() {
        tasks.add(END);
        diag.close();
    }

    private void live(CompletableFuture<SockDiag> started, int descriptor) {
        try {
            if (descriptor >= 0) {
                Posix.check(Posix.setns(descriptor, Linux.CLONE_NEWNET), "setns");
                Posix.close(descriptor);
            } else {
                Posix.check(Posix.unshareNet(), "unshare(CLONE_NEWNET); needs CAP_SYS_ADMIN");
                Rtnetlink.makeEverythingLocal();
                keepNoTimeWait();
            }
            started.complete(SockDiag.open());
        } catch (PosixException e) {
            started.completeExceptionally(e);
            return;
        }
        try {
            for (Runnable task = tasks.take(); task != END; task = tasks.take()) {
                task.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Lets no closed connection stay in TIME_WAIT: nothing is lost or late in here, and a peer may come again from the same port at once
     * (inet_twsk_alloc; the setting is the namespace's own, and proc shows that of the thread that opens the file).
     */
    private static void keepNoTimeWait() {
        try {
            Files.writeString(TIME_WAIT_LIMIT, "0");
        } catch (IOException e) {
            LOG.debug("{} cannot be set: {}; a peer that comes again from the same port may wait", TIME_WAIT_LIMIT, e.toString());
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws PosixException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PosixException posix) {
                throw posix;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}

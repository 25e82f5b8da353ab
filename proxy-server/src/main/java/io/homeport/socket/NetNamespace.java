package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.Closeable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

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
    private static final Runnable END = () -> {};

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final SockDiag diag;
    private final long cookie;

    NetNamespace(String name) throws PosixException {
        CompletableFuture<SockDiag> started = new CompletableFuture<>();
        thread = new Thread(() -> live(started), "shadow-" + name);
        thread.setDaemon(true);
        thread.start();
        diag = get(started);
        cookie = Sockets.namespaceOf(diag.number());
    }

    /** Makes a non-blocking, close-on-exec socket in the namespace. */
    int socket(int family, int type, int protocol) throws PosixException {
        return in(() -> Posix.check(Posix.socket(family, type | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, protocol), "socket"));
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

    private void live(CompletableFuture<SockDiag> started) {
        try {
            Posix.check(Posix.unshareNet(), "unshare(CLONE_NEWNET); needs CAP_SYS_ADMIN");
            Rtnetlink.makeEverythingLocal();
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

    private static final int EBADF = 9;

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

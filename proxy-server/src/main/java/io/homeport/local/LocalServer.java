package io.homeport.local;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's Unix socket. One thread accepts; each connection has a thread of its own for its one command. Started and
 * closed by the node; closing does not wait for commands under way.
 */
public final class LocalServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);

    private final Path path;
    private final CommandHandler handler;
    private final int mostConnections;
    private final ServerSocketChannel listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger serial = new AtomicInteger();

    /**
     * Binds the socket; everybody may connect, the handler judges who may do what.
     *
     * @param mostConnections served at once; half of them are kept for root
     * @throws IOException also when another daemon answers there
     */
    public LocalServer(Path path, CommandHandler handler, int mostConnections) throws IOException {
        this.path = path;
        this.handler = handler;
        this.mostConnections = mostConnections;
        Files.createDirectories(path.getParent());
        removeStale(path);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /** Begins to serve. */
    public void start() {
        Thread thread = new Thread(this::accept, "local-accept");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                Thread thread = new Thread(() -> serve(channel), "local-" + serial.incrementAndGet());
                thread.setDaemon(true);
                thread.start();
            } catch (IOException failed) {
                if (listener.isOpen()) {
                    LOG.warn("local socket {}: {}", path, failed.toString());
                    pause();
                }
            }
        }
    }

    private void serve(SocketChannel channel) {
        int active = connections.incrementAndGet();
        try (channel) {
            Caller caller = Caller.of(channel);
            boolean tooMany = active > (caller.root() ? mostConnections : Math.max(1, mostConnections / 2));
            new LocalSession(channel, caller, handler).serve(tooMany);
        } catch (IOException | RuntimeException ended) {
            LOG.info("a local connection ended: {}", ended.toString());
        } finally {
            connections.decrementAndGet();
        }
    }

    /** A socket file that nobody listens on is a crashed daemon's. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new IOException("another daemon (" + probe.getRemoteAddress() + ") is running: stop it, or give this one another runDir");
        } catch (SocketException nobody) {
            Files.delete(path);
        }
    }

    /** Too many open files and the like: don't spin. */
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(path);
    }
}

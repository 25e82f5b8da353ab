package io.homeport.demo.table;

import io.homeport.demo.wire.AsyncWire;
import io.homeport.demo.wire.BlockingWire;
import io.homeport.demo.wire.SelectorWire;
import io.homeport.demo.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** How a philosopher holds its connection to the fork server. */
public enum Style {
    /** java.net.Socket, threads that block. */
    BLOCKING,
    /** Non-blocking SocketChannel and Selectors. */
    SELECTOR,
    /** AsynchronousSocketChannel. */
    ASYNC,
    /** SSLSocket, on the fork server's TLS port. */
    TLS,
    /** java.net.Socket on virtual threads (JDK 21 and later, platform threads before). */
    VIRTUAL;

    /** Connects; for TLS `server` is the TLS port. */
    Wire connect(InetSocketAddress server, TlsKey key) throws IOException {
        switch (this) {
            case SELECTOR:
                return new SelectorWire(SocketChannel.open(server));
            case ASYNC:
                AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
                try {
                    channel.connect(server).get();
                } catch (ExecutionException | InterruptedException failed) {
                    throw new IOException(failed);
                }
                return new AsyncWire(channel);
            case TLS:
                return new BlockingWire(
                        key.context().getSocketFactory().createSocket(server.getAddress(), server.getPort()));
            default:
                return new BlockingWire(new Socket(server.getAddress(), server.getPort()));
        }
    }

    /** Makes the threads that use the connection. */
    ThreadFactory threads() {
        return this == VIRTUAL && Runtime.version().feature() >= 21 ? Style::virtualThread : platformThreads(name());
    }

    static ThreadFactory platformThreads(String name) {
        AtomicInteger made = new AtomicInteger();
        return task -> new Thread(task, name.toLowerCase() + "-" + made.incrementAndGet());
    }

    /** By reflection, for this is compiled for 17: Thread.ofVirtual().unstarted(task) (JEP 444). */
    private static Thread virtualThread(Runnable task) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, task);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("no virtual threads on " + Runtime.version(), impossible);
        }
    }
}

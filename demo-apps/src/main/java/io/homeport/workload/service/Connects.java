package io.homeport.workload.service;

import io.homeport.workload.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;

/**
 * Connects in every way that the JDK has, each of which waits in another call, and exchanges checked bytes with an
 * {@link Exchange#answer} at the other end. Any thread.
 */
final class Connects {
    private static final int TIMEOUT_MS = 600_000;

    private static final int SHORT_TIMEOUT_MS = 30;

    private final Map<Long, SocketChannel> opened = new ConcurrentHashMap<>();
    private final Map<Long, Map<String, Integer>> retries = new ConcurrentHashMap<>();

    /** Opens a socket that is connected later, as kind {@code opened}. @param port to bind it to on any address; -1 to leave that */
    String open(long seed, int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (port >= 0) {
            channel.bind(new InetSocketAddress(port));
        }
        opened.put(seed, channel);
        return "opened " + channel.getLocalAddress();
    }

    /**
     * Blocks until connected, and to the end of the exchange.
     *
     * @return its verdict and the connection's local address; before them, for kind {@code opened}, whether option and port were kept
     */
    String exchange(long seed, String host, int port, String kind) throws Exception {
        InetSocketAddress address = new InetSocketAddress(host, port);
        switch (kind) {
            case "socket":
            case "timeout":
            case "impatient":
                try (Socket socket = new Socket()) {
                    socket.connect(address, kind.equals("timeout") ? TIMEOUT_MS : kind.equals("impatient") ? SHORT_TIMEOUT_MS : 0);
                    return exchange(seed, socket.getInputStream(), socket.getOutputStream(), socket.getLocalSocketAddress());
                }
            case "channel":
                try (SocketChannel channel = SocketChannel.open(address)) {
                    return exchange(seed, channel);
                }
            case "opened":
                try (SocketChannel channel = opened.remove(seed)) {
                    SocketAddress bound = channel.getLocalAddress();
                    channel.connect(address);
                    boolean kept = channel.getOption(StandardSocketOptions.TCP_NODELAY)
                            && (bound == null || port(bound) == port(channel.getLocalAddress()));
                    return (kept ? "kept " : "lost ") + exchange(seed, channel);
                }
            case "selector":
                try (SocketChannel channel = select(address)) {
                    return exchange(seed, channel);
                }
            case "asynchronous":
                try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
                    connect(channel, address);
                    return exchange(seed, Channels.newInputStream(channel), Channels.newOutputStream(channel), channel.getLocalAddress());
                }
            default:
                throw new IllegalArgumentException("no way to connect: " + kind);
        }
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    /** Tries again and again until {@link #retried}. */
    String retry(long seed, String host, int port, String kind) throws InterruptedException {
        Map<String, Integer> outcomes = new ConcurrentSkipListMap<>();
        retries.put(seed, outcomes);
        while (retries.containsKey(seed)) {
            String outcome;
            try {
                outcome = exchange(seed, host, port, kind);
            } catch (Exception e) {
                outcome = e.toString();
            }
            outcomes.merge(outcome, 1, Integer::sum);
            Thread.sleep(1);
        }
        return "ended";
    }

    /** Ends the tries. @return how often each outcome came */
    String retried(long seed) {
        return retries.remove(seed).toString();
    }

    private static void connect(AsynchronousSocketChannel channel, SocketAddress address) throws Exception {
        try {
            channel.connect(address).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : e;
        }
    }

    private static SocketChannel select(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false).register(selector, SelectionKey.OP_CONNECT);
            boolean connected = channel.connect(address);
            while (!connected) {
                selector.select();
                connected = channel.finishConnect();
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.configureBlocking(true);
        return channel;
    }

    private static String exchange(long seed, SocketChannel channel) throws IOException {
        return exchange(seed, channel.socket().getInputStream(), channel.socket().getOutputStream(), channel.getLocalAddress());
    }

    private static String exchange(long seed, InputStream in, OutputStream out, SocketAddress local) throws IOException {
        return Exchange.ask(seed, in, out) + " " + ((InetSocketAddress) local).getAddress().getHostAddress();
    }
}

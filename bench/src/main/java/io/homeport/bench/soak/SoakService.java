package io.homeport.bench.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The service that is moved: echoes on every connection until its end. A program of its own; uses only the JDK.
 *
 * <p>In the style {@code selector} one thread serves all connections and changes its interest all the time; in the style
 * {@code blocking} each connection has a thread that waits in a read or a write.
 */
public final class SoakService {
    private static final int BUFFER_BYTES = 32 << 10;
    private static final int BACKLOG = 64;

    private SoakService() {}

    /** Arguments: the port; {@code selector} or {@code blocking}; a file to write the process id into when all is ready. */
    public static void main(String[] arguments) throws IOException {
        InetSocketAddress address = new InetSocketAddress(Integer.parseInt(arguments[0]));
        if (arguments[1].equals("blocking")) {
            ServerSocket listener = new ServerSocket();
            listener.bind(address, BACKLOG);
            ready(Path.of(arguments[2]));
            while (true) {
                Socket socket = listener.accept();
                Thread thread = new Thread(null, () -> echo(socket), "echo", 256 << 10);
                thread.start();
            }
        }
        ServerSocketChannel listener = ServerSocketChannel.open().bind(address, BACKLOG);
        ready(Path.of(arguments[2]));
        serve(listener);
    }

    private static void echo(Socket socket) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (socket) {
            for (int count = socket.getInputStream().read(buffer); count >= 0; count = socket.getInputStream().read(buffer)) {
                socket.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException broken) {
            // The client sees it too, and counts it.
        }
    }

    private static void serve(ServerSocketChannel listener) throws IOException {
        try (listener; Selector selector = Selector.open()) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                selector.select(key -> {
                    try {
                        if (key.isAcceptable()) {
                            accept(listener, selector);
                        } else {
                            echo(key);
                        }
                    } catch (IOException broken) {
                        key.cancel();
                        close(key);
                    }
                });
            }
        }
    }

    private static void accept(ServerSocketChannel listener, Selector selector) throws IOException {
        SocketChannel channel = listener.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(BUFFER_BYTES));
        }
    }

    /** Reads while all is written, writes while something is not. */
    private static void echo(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        if (key.isReadable() && channel.read(buffer) < 0) {
            close(key);
            return;
        }
        buffer.flip();
        channel.write(buffer);
        boolean all = !buffer.hasRemaining();
        buffer.compact();
        key.interestOps(all ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException closedAnyway) {
            // The descriptor is gone in any case (close(2)).
        }
    }

    /** The file appears whole or not at all. */
    private static void ready(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, Long.toString(ProcessHandle.current().pid()));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}

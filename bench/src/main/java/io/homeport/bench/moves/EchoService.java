package io.homeport.bench.moves;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;

/**
 * The service that is moved: sends back what it gets, one thread with a {@link Selector}, and holds live data of a given size.
 * A program of its own; uses only the JDK, so that nothing but it is in the image.
 *
 * <p>It ends when the last of its connections does. Messages are small: what cannot be sent back at once is waited for.
 */
public final class EchoService {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int CHUNKS_PER_MB = 16;

    /** Never read again; here so that it stays alive. */
    private static byte[][] live = {};

    private EchoService() {}

    /**
     * Arguments: the port, or 0 for a service without any socket; MB of live data; a file to write the process id into when all is
     * ready.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        fill(Integer.parseInt(arguments[1]));
        ServerSocketChannel listener = port == 0 ? null : ServerSocketChannel.open().bind(new InetSocketAddress(port), 1024);
        ready(Path.of(arguments[2]));
        if (listener == null) {
            Thread.sleep(Long.MAX_VALUE);
        }
        serve(listener);
    }

    /** Serves until all connections that there ever were are closed. Closes the listener. */
    static void serve(ServerSocketChannel listener) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (listener; Selector selector = Selector.open()) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            boolean visited = false;
            while (!visited || selector.keys().size() > 1) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        visited |= accept(listener, selector);
                    } else {
                        echo((SocketChannel) key.channel(), buffer);
                    }
                }
                selector.selectedKeys().clear();
                // Closed channels leave the key set only now, and are counted above.
                selector.selectNow();
            }
        }
    }

    private static boolean accept(ServerSocketChannel listener, Selector selector) throws IOException {
        SocketChannel channel = listener.accept();
        if (channel == null) {
            return false;
        }
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return true;
    }

    private static void echo(SocketChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear();
        try {
            if (channel.read(buffer) < 0) {
                channel.close();
                return;
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException reset) {
            channel.close();
        }
    }

    /** Random bytes, in pieces that G1 treats as ordinary objects; then the garbage of the start goes. */
    private static void fill(int megabytes) {
        Random random = new Random(1);
        live = new byte[megabytes * CHUNKS_PER_MB][CHUNK_BYTES];
        for (byte[] chunk : live) {
            random.nextBytes(chunk);
        }
        System.gc();
    }

    /** The file appears whole or not at all. */
    private static void ready(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, Long.toString(ProcessHandle.current().pid()));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}

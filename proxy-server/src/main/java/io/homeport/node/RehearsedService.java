package io.homeport.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What is moved in a {@link Rehearsal}: a program of its own that echoes what comes over its connections, and ends with the last of them. */
final class RehearsedService {
    private static final int BUFFER_BYTES = 1024;

    private RehearsedService() {}

    /** @param words the port to connect to, and how many times */
    public static void main(String[] words) throws IOException {
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(words[0]));
        int connections = Integer.parseInt(words[1]);
        // A service has a listener as a rule, so one is moved, too.
        try (Selector selector = Selector.open(); ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < connections; i++) {
                SocketChannel socket = SocketChannel.open(peer);
                socket.configureBlocking(false);
                socket.register(selector, SelectionKey.OP_READ);
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            while (!selector.keys().isEmpty()) {
                selector.select(key -> echo((SocketChannel) key.channel(), buffer));
            }
        }
    }

    private static void echo(SocketChannel socket, ByteBuffer buffer) {
        try {
            if (socket.read(buffer.clear()) < 0) {
                socket.close();
            } else {
                socket.write(buffer.flip());
            }
        } catch (IOException ended) {
            throw new IllegalStateException(ended); // it ends
        }
    }
}

package io.homeport.bench.micro;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Both ends wait in a {@link Selector}. One thread plays, one answers. */
final class SelectorPingPong implements PingPong {
    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);

    SelectorPingPong() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel = SocketChannel.open(listener.getLocalAddress());
            SocketChannel other = listener.accept();
            Selector others = selectorOf(other);
            PingPong.answer(() -> echo(other, others));
        }
        selector = selectorOf(channel);
    }

    @Override
    public int play() throws IOException {
        message.clear();
        send(channel, message);
        message.clear();
        while (message.hasRemaining()) {
            receive(channel, selector, message);
        }
        return message.get(0);
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    private static void echo(SocketChannel other, Selector selector) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        try (other; selector) {
            while (true) {
                receive(other, selector, buffer.clear());
                send(other, buffer.flip());
            }
        }
    }

    private static void send(SocketChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /** Waits for at least one byte. */
    private static void receive(SocketChannel from, Selector selector, ByteBuffer into) throws IOException {
        int count;
        do {
            selector.select(key -> {});
            count = from.read(into);
        } while (count == 0);
        if (count < 0) {
            throw new EOFException("the other end closed");
        }
    }

    private static Selector selectorOf(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        Selector selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
        return selector;
    }
}

package io.homeport.bench.idle;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections to an echo service that say nothing unless they are told to. One thread. */
final class IdleConnections implements Closeable {
    private final List<SocketChannel> channels = new ArrayList<>();
    private long pings;

    /** Opens so many. The caller closes them, also when this has failed. */
    void open(InetSocketAddress service, int count) throws IOException {
        for (int opened = 0; opened < count; opened++) {
            channels.add(SocketChannel.open(service));
        }
    }

    /** Sends a number on each, one after the other, and waits for it. @throws IOException if another comes back, or the connection ends */
    void ping() throws IOException {
        ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES);
        for (SocketChannel channel : channels) {
            long expected = pings++;
            number.clear().putLong(0, expected);
            channel.write(number);
            number.clear();
            while (number.hasRemaining()) {
                if (channel.read(number) < 0) {
                    throw new IOException("closed: " + channel);
                }
            }
            if (number.getLong(0) != expected) {
                throw new IOException("answer " + number.getLong(0) + " instead of " + expected + ": " + channel);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}

package io.homeport.bench.moves;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client of a {@link PingLoad}: numbered pings out, the same numbers back in the same order.
 *
 * <pre>
 *   ping: 0 number (8 bytes) | 8 when it fell due, System.nanoTime() (8 bytes)
 * </pre>
 *
 * Used by the load's thread; {@link #takeLongestWaitNs} and {@link #lastAnsweredNs} by any.
 */
final class Pinger {
    private static final int PING_BYTES = 16;
    /** There may be ten thousand clients in one process. */
    private static final int READ_BYTES = 256 * PING_BYTES;

    private final String name;
    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final AtomicLong longestWaitNs = new AtomicLong();
    private volatile long lastAnsweredNs = Long.MIN_VALUE;
    private long sent;
    private long received;

    /** @param backlog pings that the socket need not have taken */
    Pinger(String name, SocketChannel channel, int backlog) {
        this.out = ByteBuffer.allocate(backlog * PING_BYTES);
        this.name = name;
        this.channel = channel;
    }

    /** Sends the next ping, or as much of it as the socket takes. */
    void send(long dueNs) throws IOException {
        if (out.remaining() < PING_BYTES) {
            throw new IOException(name + " has " + sent + " pings out and " + received + " answers");
        }
        out.putLong(sent++).putLong(dueNs);
        out.flip();
        channel.write(out);
        out.compact();
    }

    /** Takes what has arrived. @throws IOException on an end, an error, or a number that is not the next */
    void receive(long nowNs) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("closed after " + received + " answers to " + sent + " pings");
        }
        in.flip();
        while (in.remaining() >= PING_BYTES) {
            long number = in.getLong();
            if (number != received) {
                throw new IOException("answer " + number + " instead of " + received);
            }
            received++;
            long dueNs = in.getLong();
            longestWaitNs.accumulateAndGet(nowNs - dueNs, Math::max);
            lastAnsweredNs = dueNs;
        }
        in.compact();
    }

    /** Longest wait for an answer since the last call. */
    long takeLongestWaitNs() {
        return longestWaitNs.getAndSet(0);
    }

    /** When the ping that was answered last had fallen due. */
    long lastAnsweredNs() {
        return lastAnsweredNs;
    }

    void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return name;
    }
}

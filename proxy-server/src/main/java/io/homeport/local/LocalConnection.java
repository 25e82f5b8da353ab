package io.homeport.local;

import io.homeport.wire.MalformedFrameException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Messages over one Unix socket, each preceded by its length:
 *
 * <pre>  [u32 length, little endian][SBE message] ...  </pre>
 *
 * <p>The channel is non-blocking and every wait has an end, so that neither side hangs on the other. One thread reads;
 * writers take turns (synchronized). Closed by its owner.
 */
final class LocalConnection implements Closeable {
    private static final int LENGTH_BYTES = 4;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private ByteBuffer unsent = ByteBuffer.allocate(0);

    /** Takes over a connected channel. */
    LocalConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /**
     * Waits for the next message.
     *
     * @param mostBytes a longer one is malformed
     * @param timeoutMs for the whole message; 0 waits for ever
     * @throws EOFException when the other side has ended
     * @throws MalformedFrameException when these are no messages
     */
    LocalMessage read(int mostBytes, long timeoutMs) throws IOException {
        long endNs = end(timeoutMs);
        int length = fill(LENGTH_BYTES, endNs).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length <= 0 || length > mostBytes) {
            throw new MalformedFrameException("a message of " + Integer.toUnsignedString(length) + " bytes; at most " + mostBytes);
        }
        return LocalCodec.decode(fill(length, endNs).array());
    }

    /** Sends a message if the socket has room for it now; drops it otherwise. For what the next one makes obsolete. */
    synchronized void offer(LocalMessage message) throws IOException {
        if (unsent.hasRemaining()) {
            channel.write(unsent);
        }
        if (!unsent.hasRemaining()) {
            unsent = framed(message);
            channel.write(unsent);
        }
    }

    /** Sends a message and waits until the socket has taken it. */
    synchronized void write(LocalMessage message, long timeoutMs) throws IOException {
        long endNs = end(timeoutMs);
        writeAll(unsent, endNs);
        writeAll(framed(message), endNs);
    }

    private void writeAll(ByteBuffer bytes, long endNs) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, endNs);
            }
        }
    }

    private ByteBuffer fill(int length, long endNs) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes);
            if (count < 0) {
                throw new EOFException("the connection ended");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, endNs);
            }
        }
        return bytes.flip();
    }

    private void await(int operation, long endNs) throws IOException {
        long leftMs = endNs == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
        if (endNs != 0 && leftMs <= 0) {
            throw new SocketTimeoutException("nothing moved for too long");
        }
        key.interestOps(operation);
        selector.select(leftMs);
        selector.selectedKeys().clear();
    }

    private static ByteBuffer framed(LocalMessage message) {
        byte[] bytes = LocalCodec.encode(message);
        return ByteBuffer.allocate(LENGTH_BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .put(bytes)
                .flip();
    }

    private static long end(long timeoutMs) {
        return timeoutMs == 0 ? 0 : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}

package io.homeport.bench.load;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;

/**
 * What a client says first on a connection.
 *
 * <pre>
 *   0 kind (4 bytes, {@link Work.Kind}'s ordinal) | 4 request bytes or 0 (4) | 8 answer bytes or 0 (4) | 12 milliseconds (4)
 * </pre>
 *
 * @param kind what follows
 * @param requestBytes of each request
 * @param answerBytes of each answer
 * @param ms for which the server is to send, if it is to send
 */
record Opening(Work.Kind kind, int requestBytes, int answerBytes, int ms) {
    private static final int BYTES = 16;

    /** Connects and says it. The caller closes the channel. */
    static SocketChannel connect(Order order) throws IOException {
        SocketChannel channel = SocketChannel.open(order.address());
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Work work = order.work();
            ByteBuffer out = ByteBuffer.allocateDirect(BYTES);
            out.putInt(work.kind().ordinal()).putInt(work.requestBytes()).putInt(work.answerBytes()).putInt(order.ms()).flip();
            write(channel, out);
            return channel;
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /** Reads it on the other side. */
    static Opening read(ReadableByteChannel channel) throws IOException {
        ByteBuffer in = ByteBuffer.allocateDirect(BYTES);
        if (!fill(channel, in)) {
            throw new IOException("closed before it said what it wants");
        }
        return new Opening(Work.Kind.values()[in.getInt()], in.getInt(), in.getInt(), in.getInt());
    }

    /** Reads until the buffer is full, and flips it. @return false if the peer has closed before the first byte */
    static boolean fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                if (buffer.position() == 0) {
                    return false;
                }
                throw new IOException("closed after " + buffer.position() + " of " + buffer.limit() + " bytes");
            }
        }
        buffer.flip();
        return true;
    }

    static void write(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}

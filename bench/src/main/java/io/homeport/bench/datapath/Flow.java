package io.homeport.bench.datapath;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One direction of a {@link Pair}: bytes from one socket to another, in order. The duty cycle's thread; the pair closes the sockets.
 *
 * <pre>
 *   from ── read, only when nothing is left to write ──► bytes ── write ──► to
 * </pre>
 */
final class Flow {
    /** As much as Netty's relay reads at most at once (AdaptiveRecvByteBufAllocator). */
    private static final int BUFFER_BYTES = 64 * 1024;
    /** As often as Netty's relay reads before other sockets have their turn (ChannelMetadata of its epoll sockets). */
    private static final int MOST_READS = 16;

    private final SocketChannel from;
    private final SocketChannel to;
    /** Between its position and its limit is what has been read and not been written. */
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private boolean ended;
    private boolean endPassedOn;

    Flow(SocketChannel from, SocketChannel to) {
        this.from = from;
        this.to = to;
    }

    /** Moves what there is, and the end after the last byte. @return the bytes written, the end counts as one */
    int pump() throws IOException {
        int moved = write();
        boolean more = true;
        for (int reads = 0; more && wantsRead() && reads < MOST_READS; reads++) {
            more = read();
            moved += write();
        }
        if (ended && !wantsWrite() && !endPassedOn) {
            to.shutdownOutput();
            endPassedOn = true;
            moved++;
        }
        return moved;
    }

    /** Whether there is room: a peer that does not read stops the reading of the other. */
    boolean wantsRead() {
        return !ended && !wantsWrite();
    }

    /** Whether there are bytes that the other socket has not taken. */
    boolean wantsWrite() {
        return bytes.hasRemaining();
    }

    /** Whether both sockets know that nothing more goes this way. */
    boolean isOver() {
        return endPassedOn;
    }

    /** @return whether there may be more: a read that does not fill the buffer has emptied the socket */
    private boolean read() throws IOException {
        int count = from.read(bytes.clear());
        ended = count < 0;
        bytes.flip();
        return count == BUFFER_BYTES;
    }

    private int write() throws IOException {
        return wantsWrite() ? to.write(bytes) : 0;
    }
}

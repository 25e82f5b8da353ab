package io.homeport.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Sends a stream that shows whether bytes were lost, doubled or exchanged on the way, at next to no cost: pages that begin with their
 * place. One thread.
 *
 * <pre>
 *   page at 0            page at 4096          last page, at N
 *   0 | 0 0 0 ...        4096 | 0 0 0 ...      ~N | 0 0 0 ...
 * </pre>
 */
final class Pages {
    static final int PAGE_BYTES = 4096;
    private static final int CHUNK_BYTES = 64 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private long sent;

    Pages(SocketChannel channel) {
        this.channel = channel;
    }

    /** Sends for so long, ends the stream and its direction of the connection. @return how many bytes */
    long send(int ms) throws IOException {
        long endNs = System.nanoTime() + ms * 1_000_000L;
        while (System.nanoTime() < endNs) {
            chunk.clear();
            for (int at = 0; at < CHUNK_BYTES; at += PAGE_BYTES) {
                chunk.putLong(at, sent + at);
            }
            Opening.write(channel, chunk);
            sent += CHUNK_BYTES;
        }
        chunk.clear().limit(PAGE_BYTES).putLong(0, ~sent);
        Opening.write(channel, chunk);
        sent += PAGE_BYTES;
        channel.shutdownOutput();
        return sent;
    }
}

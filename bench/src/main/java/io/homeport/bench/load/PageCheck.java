package io.homeport.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Receives what {@link Pages} sends, and finds out if it is not that. One thread. */
final class PageCheck {
    private static final int CHUNK_BYTES = 64 * 1024;

    private long position;
    private long mark;
    private boolean ended;

    /** Reads to the end of the stream. @return how many bytes it had. @throws IOException if it is not whole */
    long receive(ReadableByteChannel channel) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        while (channel.read(chunk) >= 0) {
            take(chunk.flip());
            chunk.clear();
        }
        if (!ended || position % Pages.PAGE_BYTES != 0) {
            throw new IOException("the stream ends at byte " + position + ", before its last page");
        }
        return position;
    }

    /** The next bytes, all of them. @throws IOException if a page is not the one that belongs here */
    void take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int inPage = (int) (position % Pages.PAGE_BYTES);
            if (inPage >= Long.BYTES) {
                int skipped = Math.min(bytes.remaining(), Pages.PAGE_BYTES - inPage);
                bytes.position(bytes.position() + skipped);
                position += skipped;
            } else {
                mark = mark << Byte.SIZE | bytes.get() & 0xff;
                position++;
                if (inPage == Long.BYTES - 1) {
                    check(position - Long.BYTES);
                }
            }
        }
    }

    private void check(long place) throws IOException {
        if (ended || mark != place && mark != ~place) {
            throw new IOException("byte " + place + (ended ? " comes after the last page" : " begins page " + mark));
        }
        ended = mark == ~place;
    }
}

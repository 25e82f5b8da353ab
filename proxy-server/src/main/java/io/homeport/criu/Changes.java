package io.homeport.criu;

import java.io.IOException;

/** Which pages of a stopped process are no longer what has gone ahead. Used and closed by one thread. */
interface Changes extends AutoCloseable {
    /** Returns when all is known. */
    void await() throws IOException;

    /** For pages from {@code first} on, as they lie in the file ahead, 1 if it may have changed or is gone, else 0. */
    void copyTo(byte[] differsOut, int first, int count);

    @Override
    void close();
}

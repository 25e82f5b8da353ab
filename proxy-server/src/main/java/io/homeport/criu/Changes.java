package io.homeport.criu;

import java.io.IOException;
import java.util.Arrays;

/** Which pages of a stopped process are no longer what has gone ahead. Used and closed by one thread. */
interface Changes extends AutoCloseable {
    /** Nothing is known: each may have changed. */
    Changes UNKNOWN = new Changes() {
        @Override
        public void await() {}

        @Override
        public void copyTo(byte[] differsOut, int first, int count) {
            Arrays.fill(differsOut, 0, count, (byte) 1);
        }

        @Override
        public void close() {}
    };

    /** Returns when all is known. */
    void await() throws IOException;

    /** For pages from {@code first} on, as they lie in the file ahead, 1 if it may have changed or is gone, else 0. */
    void copyTo(byte[] differsOut, int first, int count);

    @Override
    void close();
}

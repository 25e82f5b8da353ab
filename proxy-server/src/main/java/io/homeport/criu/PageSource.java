package io.homeport.criu;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** Where the pages of a dumped process are to be had, by rising addresses. Used by one thread. */
interface PageSource {
    /**
     * Compares the next pages with those that have gone ahead.
     *
     * @param differsOut for each page 1 if it differs, else 0
     */
    void compare(long address, int pages, int aheadFd, long aheadOffset, byte[] differsOut) throws IOException;

    /** Appends the next pages to a file. */
    void copy(long address, long pages, FileChannel out) throws IOException;

    /** Passes over the next pages. */
    void skip(long pages);
}

package io.homeport.transfer;

/** Hears how far a transfer is. Called on the sending thread, a few times per second at least while bytes move. */
@FunctionalInterface
public interface Progress {
    /** For those who do not look. */
    Progress NONE = (storedBytes, totalBytes) -> {};

    /**
     * @param storedBytes what the receiver has written to files
     * @param totalBytes sum of all files' sizes
     */
    void moved(long storedBytes, long totalBytes);
}

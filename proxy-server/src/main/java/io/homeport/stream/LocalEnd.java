package io.homeport.stream;

/**
 * The descriptor at one end of a stream, as its flows see it. Results as of the system calls, errors as -errno; nothing blocks. Data loop.
 */
interface LocalEnd {
    /** Bytes read to {@code address}, 0 at the end of file, or -errno. */
    long read(long address, int length);

    /** Bytes written from {@code address}, or -errno; if {@code urgent} the last one is urgent. */
    long write(long address, int length, boolean urgent);

    /** Asks for {@code ready} calls: any of {@link io.homeport.socket.Endpoint}'s constants. */
    void want(int events);

    /** Asks for a {@code ready} call on failure or hang-up, whatever else is wanted. */
    void watch();

    /** Asks for no call at all, until the next of {@link #want} and {@link #watch}. */
    void unwatch();

    /** Whether the next byte is TCP urgent data. */
    boolean atUrgentMark();

    /** Takes the pending error of the socket; 0 if none. */
    int takeError();

    /** Bytes written that have not reached the other side's kernel. */
    int unacknowledged();

    /** No more bytes will be written: half-close. */
    void shutdownWrite();

    /** Closes in order. */
    void close();

    /** Closes with a reset, where there is such a thing. */
    void reset();

    /** Whether {@link #close}, {@link #reset} or {@link #detach} was called. */
    boolean closed();

    /** Takes the descriptor out of the loop, open; the caller has it then. */
    int detach();

    /** The descriptor's number; for questions to the kernel, not to be closed. */
    int number();
}

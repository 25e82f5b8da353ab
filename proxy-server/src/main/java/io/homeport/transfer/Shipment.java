package io.homeport.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A directory on its way to another node. {@link #send}: any thread; else used by one. */
public interface Shipment extends Closeable {
    /** Sends a file of the directory, which is complete, before the others. Returns at once. */
    void send(Path file) throws IOException;

    /**
     * Returns when the peer has stored all that {@link #send} was to send. Blocks.
     *
     * @throws IOException as {@link #finish}
     */
    void catchUp() throws IOException;

    /**
     * The directory is complete: returns when the peer has stored all of it and found its checksums right. Blocks.
     *
     * @throws IOException if anything fails; the peer has then removed, or will remove, what it had. The message says what
     */
    void finish(Progress progress) throws IOException;

    /** Gives up what has not arrived; nothing after {@link #finish}. */
    @Override
    void close();
}

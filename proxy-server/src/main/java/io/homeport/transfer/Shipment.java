package io.homeport.transfer;

import java.io.Closeable;
import java.io.IOException;

/** A directory on its way to another node. Used by one thread. */
public interface Shipment extends Closeable {
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

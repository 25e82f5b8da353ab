package io.homeport.demo.wire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One TCP connection, held in one of the ways in which a JVM can hold one. One thread reads while another writes; any thread
 * closes.
 */
public interface Wire extends Closeable {
    /** Waits for bytes and adds them to the buffer; the number of them, or -1 at the end of the stream. */
    int read(ByteBuffer into) throws IOException;

    /** Waits until all bytes are in the kernel's hands. */
    void write(ByteBuffer bytes) throws IOException;
}

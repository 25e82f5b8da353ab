package io.homeport.workload;

import java.nio.ByteBuffer;

/**
 * The last {@value #LENGTH_BYTES} bytes a service sends before it ends a connection: what it received.
 *
 * <pre>  'HPTR' u32 | unused u32 | received u64 | first mismatch i64      big endian </pre>
 *
 * @param receivedBytes bytes received after the hello
 * @param firstMismatch position of the first wrong byte, -1 if every byte was right
 */
public record Trailer(long receivedBytes, long firstMismatch) {
    /** Bytes of an encoded trailer. */
    public static final int LENGTH_BYTES = 24;

    private static final int MAGIC = 0x48505452;

    /** The bytes to be sent. */
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH_BYTES).putInt(MAGIC).putInt(0).putLong(receivedBytes).putLong(firstMismatch).array();
    }

    /** Reads what {@link #encode} wrote. @throws IllegalArgumentException if it is something else */
    public static Trailer decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC) {
            throw new IllegalArgumentException("no trailer at the end of the service's stream");
        }
        in.getInt();
        return new Trailer(in.getLong(), in.getLong());
    }
}

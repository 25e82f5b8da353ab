package io.homeport.workload;

import java.nio.ByteBuffer;

/**
 * The first {@value #LENGTH_BYTES} bytes a client sends: what is to happen on this connection.
 *
 * <pre>  'HPCK' u32 | mode u32 | seed u64 | length u64      big endian </pre>
 *
 * @param mode what the service does
 * @param seed of the client's bytes; the service's own have {@link CheckedBytes#answerSeed}; also the connection's name
 * @param lengthBytes how much a {@link Mode#SOURCE} sends; else unused
 */
public record Hello(Mode mode, long seed, long lengthBytes) {
    /** Bytes of an encoded hello. */
    public static final int LENGTH_BYTES = 24;

    private static final int MAGIC = 0x4850434B;

    /** What the service does on a connection. */
    public enum Mode {
        /** For every byte received, and after checking it, one byte of the answering stream; a trailer after the client's end. */
        REPLY,
        /** Sends {@code lengthBytes} bytes and a trailer unasked, and then ends; what it receives is not read. */
        SOURCE,
        /** Does nothing by itself: the socket is left to the command server. Blocking sockets only. */
        MANUAL
    }

    /** The bytes to be sent. */
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH_BYTES).putInt(MAGIC).putInt(mode.ordinal()).putLong(seed).putLong(lengthBytes).array();
    }

    /** Reads what {@link #encode} wrote. @throws IllegalArgumentException if it is something else */
    public static Hello decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC) {
            throw new IllegalArgumentException("no hello");
        }
        return new Hello(Mode.values()[in.getInt()], in.getLong(), in.getLong());
    }
}

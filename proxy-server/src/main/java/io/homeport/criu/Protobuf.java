package io.homeport.criu;

import java.nio.ByteBuffer;

/** Protocol Buffers' wire format, as far as CRIU's images need it: a key is a field's number << 3 | its type; type 0 is a varint. */
final class Protobuf {
    static final int FIELD_SHIFT = 3;

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private Protobuf() {}

    static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            byte next = in.get();
            value |= (long) (next & MORE - 1) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint of more than 10 bytes");
    }

    static void putVarint(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & -MORE) != 0) {
            out.put((byte) (rest | MORE));
            rest >>>= BITS;
        }
        out.put((byte) rest);
    }
}

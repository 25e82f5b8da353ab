package io.homeport.criu;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CRIU's {@code stats-dump} image: two 32-bit magics, a 32-bit size, then a protobuf message whose field 1 is the dump's
 * statistics (criu images/stats.proto). Unknown fields are passed over; missing ones are 0.
 */
final class DumpStats {
    /** criu/include/magic.h: IMG_SERVICE_MAGIC (Dobryanka) and STATS_MAGIC (Novouralsk). */
    private static final int SERVICE_MAGIC = 0x55105940;

    private static final int STATS_MAGIC = 0x57093306;
    private static final int PAGE_BYTES = 4096;
    private static final int FIELDS = 16;

    private final long[] fields = new long[FIELDS];

    private DumpStats() {}

    /**
     * Reads {@code stats-dump} of an image directory.
     *
     * @throws IOException if it is missing or not such a file
     */
    static DumpStats read(Path imageDir) throws IOException {
        Path file = imageDir.resolve("stats-dump");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (bytes.getInt() != SERVICE_MAGIC || bytes.getInt() != STATS_MAGIC) {
                throw new IOException(file + " is not CRIU's statistics");
            }
            bytes.getInt();
            DumpStats stats = new DumpStats();
            stats.message(bytes, true);
            return stats;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException cut) {
            throw new IOException(file + " is cut off", cut);
        }
    }

    DumpResult result(Path imageDir, long imageBytes) {
        return new DumpResult(imageDir, imageBytes, fields[1], fields[2], fields[3], fields[4], fields[7] * PAGE_BYTES);
    }

    // Types: 0 is a varint, 2 a length and bytes, 1 and 5 are 8 and 4 bytes.
    private void message(ByteBuffer bytes, boolean outer) {
        while (bytes.hasRemaining()) {
            int key = (int) Protobuf.varint(bytes);
            int field = key >>> Protobuf.FIELD_SHIFT;
            switch (key & 7) {
                case 0 -> {
                    long value = Protobuf.varint(bytes);
                    if (!outer && field < FIELDS) {
                        fields[field] = value;
                    }
                }
                case 2 -> {
                    int length = (int) Protobuf.varint(bytes);
                    int end = bytes.position() + length;
                    if (outer && field == 1) {
                        message(bytes.slice(bytes.position(), length), false);
                    }
                    bytes.position(end);
                }
                case 1 -> bytes.getLong();
                case 5 -> bytes.getInt();
                default -> throw new IllegalArgumentException("wire type " + (key & 7));
            }
        }
    }
}

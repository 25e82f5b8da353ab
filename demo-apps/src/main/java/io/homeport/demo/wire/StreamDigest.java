package io.homeport.demo.wire;

/**
 * All that went over one direction of a connection so far. Both ends compute it on their own; equal digests mean equal bytes
 * in equal order.
 *
 * @param bytes number of bytes
 * @param frames number of frames
 * @param crc CRC-32C of all of them but the checksum fields
 */
public record StreamDigest(long bytes, long frames, int crc) {
    static final StreamDigest EMPTY = new StreamDigest(0, 0, 0);

    /** The form used in reports. */
    @Override
    public String toString() {
        return bytes + ":" + frames + ":" + Integer.toHexString(crc);
    }

    /** Reads what {@link #toString()} wrote; IllegalArgumentException for anything else. */
    public static StreamDigest parse(String text) {
        String[] parts = text.split(":");
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a digest: " + text);
        }
        return new StreamDigest(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Integer.parseUnsignedInt(parts[2], 16));
    }
}

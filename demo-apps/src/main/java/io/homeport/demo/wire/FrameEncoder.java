package io.homeport.demo.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Turns frames into the bytes of one direction. Used by the one thread that writes; {@link #digest()} by any. */
public final class FrameEncoder {
    private final CRC32C crc = new CRC32C();
    private volatile StreamDigest digest = StreamDigest.EMPTY;

    /** The bytes of the next frame, ready to be written; they must be written whole and in the order of the calls. */
    public ByteBuffer encode(Frame frame) {
        byte[] payload = frame.payload();
        if (payload.length > Frame.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("payload of " + payload.length + " bytes");
        }
        int length = Frame.HEADER_BYTES + payload.length + Frame.CHECKSUM_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(4 + length)
                .putInt(length)
                .put((byte) frame.kind().ordinal())
                .putInt(frame.subject())
                .putLong(digest.frames())
                .putLong(frame.id())
                .putLong(frame.value())
                .put(payload);
        crc.update(bytes.array(), 0, bytes.position());
        int checksum = (int) crc.getValue();
        bytes.putInt(checksum).flip();
        digest = new StreamDigest(digest.bytes() + bytes.remaining(), digest.frames() + 1, checksum);
        return bytes;
    }

    /** What has been encoded so far. */
    public StreamDigest digest() {
        return digest;
    }
}

package io.homeport.demo.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Turns the bytes of one direction back into frames and checks every one of them. Used by the one thread that reads;
 * {@link #digest()} by any.
 *
 * <pre>
 *   read into space() -> next() until it gives null -> read into space() ...
 * </pre>
 */
public final class FrameDecoder {
    private final ByteBuffer inbox = ByteBuffer.allocate(2 * Frame.MAX_FRAME_BYTES);
    private final CRC32C crc = new CRC32C();
    private int takenBytes;
    private volatile StreamDigest digest = StreamDigest.EMPTY;

    /** Where the next bytes are to be put; never full after {@link #next()} gave null. */
    public ByteBuffer space() {
        return inbox;
    }

    /** The next whole frame, or null if more bytes are needed. */
    public Frame next() throws CorruptStreamException {
        ByteBuffer bytes = inbox.duplicate().flip().position(takenBytes);
        if (wholeFrameIn(bytes)) {
            Frame frame = decode(bytes);
            takenBytes = bytes.position();
            return frame;
        }
        inbox.flip().position(takenBytes);
        inbox.compact();
        takenBytes = 0;
        return null;
    }

    private boolean wholeFrameIn(ByteBuffer bytes) throws CorruptStreamException {
        if (bytes.remaining() < 4) {
            return false;
        }
        int length = bytes.getInt(bytes.position());
        if (length < Frame.HEADER_BYTES + Frame.CHECKSUM_BYTES || length > Frame.MAX_FRAME_BYTES - 4) {
            throw corrupt("a length of " + length);
        }
        return bytes.remaining() >= 4 + length;
    }

    private Frame decode(ByteBuffer bytes) throws CorruptStreamException {
        int start = bytes.position();
        int length = bytes.getInt();
        Frame.Kind kind = Frame.Kind.of(bytes.get());
        int subject = bytes.getInt();
        long sequence = bytes.getLong();
        long id = bytes.getLong();
        long value = bytes.getLong();
        byte[] payload = new byte[length - Frame.HEADER_BYTES - Frame.CHECKSUM_BYTES];
        bytes.get(payload);
        crc.update(bytes.array(), start, bytes.position() - start);
        int checksum = bytes.getInt();
        if (kind == null) {
            throw corrupt("an unknown kind");
        }
        if (sequence != digest.frames()) {
            throw corrupt("sequence number " + sequence);
        }
        if (checksum != (int) crc.getValue()) {
            throw corrupt("a wrong checksum");
        }
        digest = new StreamDigest(digest.bytes() + 4 + length, digest.frames() + 1, checksum);
        return new Frame(kind, subject, id, value, payload);
    }

    private CorruptStreamException corrupt(String found) {
        return new CorruptStreamException(
                found + " in frame " + digest.frames() + ", which begins at byte " + digest.bytes());
    }

    /** What has been decoded and found right so far. */
    public StreamDigest digest() {
        return digest;
    }
}

package io.homeport.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.homeport.wire.link.DataDecoder;
import io.homeport.wire.link.FileDataDecoder;
import io.homeport.wire.link.MessageHeaderDecoder;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Headers of frames, written and read in place without allocating anything.
 *
 * <pre>
 *   0           2           4         6         8                            8 + blockLength
 *   | blockLen  | template  | schema  | version | fixed fields               | groups, variable data ...
 *
 *   Data:     8 streamId   16 streamOffset  24 flags    28 payload length  32 payload
 *   FileData: 8 transferId 16 fileOffset    24 padding  28 payload length  32 payload
 * </pre>
 *
 * <p>Data and FileData have their payload at a fixed place, so that a socket or a file may be read straight into the frame.
 * All methods are pure and may be called from any thread.
 */
public final class Frames {
    /** Length of the SBE message header in bytes. */
    public static final int HEADER_BYTES = MessageHeaderDecoder.ENCODED_LENGTH;

    /** Where the payload of a Data or FileData frame begins, in bytes from the start of the frame. */
    public static final int PAYLOAD_OFFSET = 32;

    /** Value of the flags of a Data frame whose last byte is TCP urgent data. */
    public static final byte URGENT = 1;

    private static final int FLAGS_OFFSET = 24;
    private static final int LENGTH_OFFSET = 28;

    private Frames() {}

    /**
     * Template id of the link message at {@code offset}; at least its fixed block lies within {@code length} bytes.
     *
     * @throws MalformedFrameException if these bytes are no message of the link schema
     */
    public static int templateId(DirectBuffer frame, int offset, int length) {
        if (length < HEADER_BYTES || length > FrameLimits.MAX_FRAME_BYTES) {
            throw new MalformedFrameException("a frame of " + length + " bytes");
        }
        int schemaId = frame.getShort(offset + 4, LITTLE_ENDIAN) & 0xffff;
        if (schemaId != MessageHeaderDecoder.SCHEMA_ID) {
            throw new MalformedFrameException("a frame of schema " + schemaId + ", not " + MessageHeaderDecoder.SCHEMA_ID);
        }
        int blockLength = blockLength(frame, offset);
        if (HEADER_BYTES + blockLength > length) {
            throw new MalformedFrameException("a block of " + blockLength + " bytes in a frame of " + length);
        }
        return frame.getShort(offset + 2, LITTLE_ENDIAN) & 0xffff;
    }

    /** Length in bytes of the fixed block of the message at {@code offset}, as its header says: for {@code wrap}. */
    public static int blockLength(DirectBuffer frame, int offset) {
        return frame.getShort(offset, LITTLE_ENDIAN) & 0xffff;
    }

    /** Schema version of the message at {@code offset}, as its header says: for {@code wrap}. */
    public static int version(DirectBuffer frame, int offset) {
        return frame.getShort(offset + 6, LITTLE_ENDIAN) & 0xffff;
    }

    /**
     * Writes the first {@link #PAYLOAD_OFFSET} bytes of a Data frame; the payload follows them.
     *
     * @param flags 0 or {@link #URGENT}
     */
    public static void data(MutableDirectBuffer frame, int offset, long streamId, long streamOffset, byte flags, int payloadBytes) {
        header(frame, offset, DataDecoder.BLOCK_LENGTH, DataDecoder.TEMPLATE_ID);
        frame.putLong(offset + 8, streamId, LITTLE_ENDIAN);
        frame.putLong(offset + 16, streamOffset, LITTLE_ENDIAN);
        frame.putInt(offset + FLAGS_OFFSET, flags & 0xff, LITTLE_ENDIAN);
        frame.putInt(offset + LENGTH_OFFSET, payloadBytes, LITTLE_ENDIAN);
    }

    /** Writes the first {@link #PAYLOAD_OFFSET} bytes of a FileData frame; the payload follows them. */
    public static void fileData(MutableDirectBuffer frame, int offset, long transferId, long fileOffset, int payloadBytes) {
        header(frame, offset, FileDataDecoder.BLOCK_LENGTH, FileDataDecoder.TEMPLATE_ID);
        frame.putLong(offset + 8, transferId, LITTLE_ENDIAN);
        frame.putLong(offset + 16, fileOffset, LITTLE_ENDIAN);
        frame.putInt(offset + FLAGS_OFFSET, 0, LITTLE_ENDIAN);
        frame.putInt(offset + LENGTH_OFFSET, payloadBytes, LITTLE_ENDIAN);
    }

    /**
     * Number of payload bytes of a Data or FileData frame of {@code length} bytes in all.
     *
     * @throws MalformedFrameException if the payload does not fill the frame exactly
     */
    public static int payloadBytes(DirectBuffer frame, int offset, int length) {
        if (length < PAYLOAD_OFFSET || blockLength(frame, offset) != DataDecoder.BLOCK_LENGTH) {
            throw new MalformedFrameException("a data frame of " + length + " bytes with a block of " + blockLength(frame, offset));
        }
        int payloadBytes = frame.getInt(offset + LENGTH_OFFSET, LITTLE_ENDIAN);
        if (payloadBytes != length - PAYLOAD_OFFSET) {
            throw new MalformedFrameException("a payload of " + payloadBytes + " bytes in a frame of " + length);
        }
        return payloadBytes;
    }

    /** Stream id of a Data frame, and of every other frame of the STREAM lane but Open: the first field. */
    public static long streamId(DirectBuffer frame, int offset) {
        return frame.getLong(offset + 8, LITTLE_ENDIAN);
    }

    /** Offset of the first payload byte: streamOffset of Data, fileOffset of FileData. */
    public static long payloadPosition(DirectBuffer frame, int offset) {
        return frame.getLong(offset + 16, LITTLE_ENDIAN);
    }

    /** Whether the last byte of a Data frame is urgent. */
    public static boolean urgent(DirectBuffer frame, int offset) {
        return (frame.getByte(offset + FLAGS_OFFSET) & URGENT) != 0;
    }

    /**
     * Checks the length of a variable field before it is read: the generated getters that return a String or wrap a buffer
     * believe whatever length the frame claims, and allocate it.
     *
     * @param what names the field in the message of the exception
     * @return {@code claimedBytes}
     * @throws MalformedFrameException if it is negative or above {@code maxBytes}
     */
    public static int checkLength(int claimedBytes, int maxBytes, String what) {
        if (claimedBytes < 0 || claimedBytes > maxBytes) {
            throw new MalformedFrameException(what + " of " + (claimedBytes & 0xffffffffL) + " bytes; at most " + maxBytes);
        }
        return claimedBytes;
    }

    /**
     * {@link #checkLength} for the variable field that begins at {@code at} in {@code message} with its length of four bytes: what it claims
     * must be there, too, before anybody allocates it. {@code at} is the {@code limit()} of the decoder that reads it next.
     */
    public static int checkField(DirectBuffer message, int at, int maxBytes, String what) {
        int leftBytes = message.capacity() - at - FrameLimits.LENGTH_PREFIX_BYTES;
        if (leftBytes < 0) {
            throw new MalformedFrameException(what + " that is cut short");
        }
        int claimedBytes = checkLength(message.getInt(at, LITTLE_ENDIAN), maxBytes, what);
        if (claimedBytes > leftBytes) {
            throw new MalformedFrameException(what + " of " + claimedBytes + " bytes, of which " + leftBytes + " are there");
        }
        return claimedBytes;
    }

    /**
     * Runs a decoder of SBE's, and turns what those throw at bytes that are no message (Agrona's bounds checks, an enum's unknown value,
     * another template or schema) into the one exception that ends a lane.
     *
     * @param what names the message in the message of the exception
     */
    public static <T> T decoded(String what, Supplier<T> decoder) {
        try {
            return decoder.get();
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedFrameException(what + " that cannot be read: " + e.getMessage());
        }
    }

    private static void header(MutableDirectBuffer frame, int offset, int blockLength, int templateId) {
        frame.putShort(offset, (short) blockLength, LITTLE_ENDIAN);
        frame.putShort(offset + 2, (short) templateId, LITTLE_ENDIAN);
        frame.putShort(offset + 4, (short) MessageHeaderDecoder.SCHEMA_ID, LITTLE_ENDIAN);
        frame.putShort(offset + 6, (short) MessageHeaderDecoder.SCHEMA_VERSION, LITTLE_ENDIAN);
    }
}

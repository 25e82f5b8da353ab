package io.homeport.estate;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frames that sockets are read into, in memory that outlives the process: bytes that a read has taken out of the kernel are here until
 * they are in the journal, whenever the process is killed. A read that is under way when SIGKILL arrives finishes its copy first.
 *
 * <pre>
 *   header: which stream and offset is being read, to which place
 *   places: | frame | frame | frame | ...        last used first, so that few pages are ever touched
 * </pre>
 *
 * <p>The frame that is read into is the frame that is sent: no copy and no system call is added to the data path. {@link #begin} and
 * {@link #took} on the data loop; frames are released by any thread.
 */
public final class Landing {
    /** More frames than lanes have on their way; beyond it a frame is copied out of a spare place. */
    private static final int PLACES = 4096;

    private static final int HEADER_BYTES = 4096;
    /** The length before a frame, its header and the longest payload, in whole pages. */
    private static final int PLACE_BYTES =
            (FrameLimits.LENGTH_PREFIX_BYTES + Frames.PAYLOAD_OFFSET + FrameLimits.MAX_DATA_BYTES + 4095) / 4096 * 4096;

    static final int BYTES = HEADER_BYTES + PLACES * PLACE_BYTES;
    /** For tests without a file. */
    static final int FEW_BYTES = HEADER_BYTES + 9 * PLACE_BYTES;

    private static final int ID = 0;
    private static final int OFFSET = 8;
    private static final int RESULT = 16;
    private static final int POSITION = 24;
    private static final int DIRECTION = 32;
    private static final int MARK = 36;
    private static final int ASKED = 40;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final ByteBuffer memory;
    private final UnsafeBuffer header;
    private final Place spare;
    private final List<Place> free = new ArrayList<>();

    /**
     * A read that an earlier daemon had begun last.
     *
     * @param result what it answered, if {@code known}
     * @param address of its bytes
     */
    public record Last(long id, byte direction, byte mark, long offset, int asked, boolean known, long result, long address) {}

    Landing(ByteBuffer memory) {
        this.memory = memory;
        this.header = new UnsafeBuffer(memory, 0, HEADER_BYTES);
        for (int at = HEADER_BYTES + (memory.capacity() / PLACE_BYTES - 1) * PLACE_BYTES; at >= HEADER_BYTES + PLACE_BYTES; at -= PLACE_BYTES) {
            free.add(new Place(at));
        }
        spare = new Place(HEADER_BYTES);
    }

    /**
     * An empty Data frame for the read that follows, and the note of what that read is.
     *
     * @param offset of the first byte that is read
     * @param asked how many bytes at most
     */
    public ByteBuf begin(long id, byte direction, byte mark, long offset, int asked) {
        Place place = take();
        header.putLongRelease(RESULT, UNKNOWN);
        header.putLongRelease(ID, id);
        header.putLongRelease(OFFSET, offset);
        header.putLongRelease(POSITION, place.at);
        header.putIntRelease(DIRECTION, direction);
        header.putIntRelease(MARK, mark);
        header.putIntRelease(ASKED, asked);
        return place;
    }

    /** The read has answered. */
    public void took(long result) {
        header.putLongRelease(RESULT, result);
    }

    /** The frame to be sent, when its bytes are in the journal: the same, or a copy if all places were on their way. */
    public ByteBuf onward(ByteBuf frame, int payloadBytes) {
        if (frame != spare) {
            return frame;
        }
        int bytes = FrameLimits.LENGTH_PREFIX_BYTES + Frames.PAYLOAD_OFFSET + payloadBytes;
        ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        copy.setBytes(0, frame, 0, bytes);
        copy.setIndex(FrameLimits.LENGTH_PREFIX_BYTES, FrameLimits.LENGTH_PREFIX_BYTES);
        frame.release();
        return copy;
    }

    /** The note as it stands. */
    public Last last() {
        long position = header.getLong(POSITION) + FrameLimits.LENGTH_PREFIX_BYTES + Frames.PAYLOAD_OFFSET;
        long result = header.getLong(RESULT);
        return new Last(header.getLong(ID), (byte) header.getInt(DIRECTION), (byte) header.getInt(MARK), header.getLong(OFFSET),
                header.getInt(ASKED), result != UNKNOWN, result, BufferUtil.address(memory) + position);
    }

    private Place take() {
        synchronized (free) {
            Place place = free.isEmpty() ? spare : free.remove(free.size() - 1);
            place.begin();
            return place;
        }
    }

    /** A frame that goes back to its place when it is released for the last time. */
    private final class Place extends UnpooledUnsafeDirectByteBuf {
        private final int at;
        private boolean used;

        Place(int at) {
            super(ByteBufAllocator.DEFAULT, memory.duplicate().limit(at + PLACE_BYTES).position(at), PLACE_BYTES);
            this.at = at;
        }

        void begin() {
            if (used) {
                resetRefCnt();
            }
            used = true;
            setIndex(FrameLimits.LENGTH_PREFIX_BYTES, FrameLimits.LENGTH_PREFIX_BYTES);
        }

        @Override
        protected void deallocate() {
            if (this != spare) {
                synchronized (free) {
                    free.add(this);
                }
            }
        }
    }
}

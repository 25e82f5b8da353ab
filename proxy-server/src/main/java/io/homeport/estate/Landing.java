package io.homeport.estate;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frames that sockets are read into, in memory that outlives the process. What a read has taken out of the kernel is here, under its
 * stream and offset, until the other end has it: so most bytes are journalled by being read, without a copy.
 *
 * <pre>
 *   directory:  | entry | entry | ...                        of each place: state, stream, direction, mark, offset, length
 *   places:     | frame | frame | ...   |  frame  | ...      small ones, large ones; last used first, so that few pages are ever touched
 *
 *   FREE ── begin ──► READING ── took ──► KEPT ── letGo ──► FREE            a place is given out again when it is free
 *                        └─ nothing read ─► NOTHING ─ frame released ─► FREE     and its frame has been released, too
 * </pre>
 *
 * <p>The frame that is read into is the frame that is sent. The state is stored last when an entry is filled and first when it is emptied, and
 * stores stay in the order of the program (release): whenever the process is killed, an entry that says KEPT is whole. A read that is
 * under way then finishes its copy first; its entry says READING, and the kernel's counts say how much it took.
 *
 * <p>Places are for what is acknowledged at once. Whoever holds one longer moves its bytes elsewhere when {@link #scarce}. Data loop; frames are
 * released by any thread.
 */
public final class Landing {
    /** Bytes of payload in a small place. */
    static final int SMALL_BYTES = 2048;
    /** One message for most of {@code limits.streams}. */
    static final int SMALL_PLACES = 8192;
    /** 64 MiB under way: 10 Gbit/s for 50 ms. */
    static final int LARGE_PLACES = 1024;

    /** What {@link #place} says of a frame whose bytes cannot stay where they are. */
    public static final int NOWHERE = 0;

    private static final int ENTRY_BYTES = 32;
    private static final int STATE = 0;
    private static final int LENGTH = 4;
    private static final int ID = 8;
    private static final int OFFSET = 16;
    private static final int DIRECTION = 24;
    private static final int MARK = 28;

    private static final int FREE = 0;
    private static final int READING = 1;
    private static final int NOTHING = 2;
    private static final int KEPT = 3;

    private static final int CACHE_LINE_BYTES = 64;
    private static final int BEFORE_PAYLOAD_BYTES = FrameLimits.LENGTH_PREFIX_BYTES + Frames.PAYLOAD_OFFSET;
    /** Payloads begin where a cache line does: the kernel copies to there. */
    private static final int LEAD_BYTES = CACHE_LINE_BYTES - BEFORE_PAYLOAD_BYTES % CACHE_LINE_BYTES;

    private final ByteBuffer memory;
    private final UnsafeBuffer directory;
    private final Shelf small;
    private final Shelf large;
    private final Place[] places;
    private final Place spare;
    private Place reading;

    /**
     * A read that an earlier daemon had begun last, and whose bytes it had not kept yet.
     *
     * @param nothing whether it has answered that there was nothing
     * @param address of its bytes
     */
    public record Last(long id, byte direction, byte mark, long offset, int asked, boolean nothing, long address) {}

    /** @param memory of {@link #bytes} bytes, zeroed or an earlier daemon's */
    Landing(ByteBuffer memory, int smallPlaces, int largePlaces) {
        this(memory, new UnsafeBuffer(memory), smallPlaces, largePlaces);
    }

    /** @param directory a view of {@code memory}, by which all is stored that says what lies where */
    Landing(ByteBuffer memory, UnsafeBuffer directory, int smallPlaces, int largePlaces) {
        this.memory = memory;
        this.directory = directory;
        // Place 0 is the spare one.
        large = new Shelf(0, 1 + largePlaces, directoryBytes(smallPlaces, largePlaces), FrameLimits.MAX_DATA_BYTES);
        small = new Shelf(1 + largePlaces, smallPlaces, large.end(), SMALL_BYTES);
        places = new Place[1 + smallPlaces + largePlaces];
        for (int number = places.length - 1; number > 0; number--) {
            shelfOf(number).free.pushInt(number);
        }
        spare = at(NOWHERE);
    }

    /** What a landing of so many places takes. */
    static int bytes(int smallPlaces, int largePlaces) {
        return directoryBytes(smallPlaces, largePlaces)
                + (1 + largePlaces) * Shelf.placeBytes(FrameLimits.MAX_DATA_BYTES) + smallPlaces * Shelf.placeBytes(SMALL_BYTES);
    }

    private static int directoryBytes(int smallPlaces, int largePlaces) {
        return BitUtil.align((1 + smallPlaces + largePlaces) * ENTRY_BYTES, CACHE_LINE_BYTES);
    }

    /**
     * An empty Data frame for the read that follows, and the note of what that read is.
     *
     * @param offset of the first byte that is read
     * @param asked how many bytes at most
     */
    public ByteBuf begin(long id, byte direction, byte mark, long offset, int asked) {
        reading = take(asked <= SMALL_BYTES ? small : large, spare);
        fill(reading, id, direction, mark, offset, asked, READING);
        return reading;
    }

    /** The read has answered. Bytes that it took are kept from here on, until {@link #letGo}. */
    public void took(long result) {
        if (result > 0) {
            reading.kept = true;
            directory.putIntRelease(reading.entry() + LENGTH, (int) result);
        }
        directory.putIntRelease(reading.entry() + STATE, result > 0 ? KEPT : NOTHING);
    }

    /** The place of the read that has answered: its bytes may stay there. {@link #NOWHERE}: the next read needs it. */
    public int place() {
        return reading.number;
    }

    /** Keeps an end, which has no bytes. @return its place; {@link #NOWHERE} if there is none */
    public int keepEnd(long id, byte direction, byte mark, long offset) {
        Place place = take(small, null); // the spare one may be a read's, which is under way
        if (place == null) {
            return NOWHERE;
        }
        place.kept = true;
        fill(place, id, direction, mark, offset, 0, KEPT);
        place.release();
        return place.number;
    }

    /** What is kept there is not needed any more, or is kept elsewhere. */
    public void letGo(int number) {
        synchronized (places) {
            Place place = places[number];
            place.kept = false;
            directory.putIntRelease(place.entry() + STATE, FREE);
            place.returnIfUnused();
        }
    }

    /** The frame to be sent, when its bytes are kept: the same, or a copy if it lies nowhere. */
    public ByteBuf onward(ByteBuf frame, int payloadBytes) {
        if (frame != spare) {
            return frame;
        }
        int bytes = BEFORE_PAYLOAD_BYTES + payloadBytes;
        ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        copy.setBytes(0, frame, 0, bytes);
        copy.setIndex(FrameLimits.LENGTH_PREFIX_BYTES, FrameLimits.LENGTH_PREFIX_BYTES);
        frame.release();
        return copy;
    }

    /** Whether less than half of the places of a size are free: what has been kept for longest is to be kept elsewhere. */
    public boolean scarce() {
        synchronized (places) {
            return small.free.size() < small.count / 2 || large.free.size() < large.count / 2;
        }
    }

    /** Where the bytes of a place begin. */
    public long address(int number) {
        return BufferUtil.address(memory) + shelfOf(number).position(number) + BEFORE_PAYLOAD_BYTES;
    }

    /** Copies the first bytes of a place to {@code index} of {@code to}. */
    public void read(int number, int length, ByteBuf to, int index) {
        int from = shelfOf(number).position(number) + BEFORE_PAYLOAD_BYTES;
        to.setBytes(index, memory.duplicate().limit(from + length).position(from));
    }

    /** Reads what an earlier daemon kept, each stream's in the order of its offsets. */
    void readKept(Estate.JournalReader reader) {
        List<Integer> kept = new ArrayList<>();
        for (int number = 0; number < places.length; number++) {
            if (state(number) == KEPT) {
                kept.add(number);
            }
        }
        kept.sort(Comparator.comparingLong(number -> directory.getLong(number * ENTRY_BYTES + OFFSET)));
        for (int number : kept) {
            int entry = number * ENTRY_BYTES;
            reader.record(directory.getLong(entry + ID), (byte) directory.getInt(entry + DIRECTION), (byte) directory.getInt(entry + MARK),
                    directory.getLong(entry + OFFSET), address(number), directory.getInt(entry + LENGTH));
        }
    }

    /** The read that an earlier daemon was about; null if there was none. */
    public Last last() {
        for (int number = 0; number < places.length; number++) {
            int entry = number * ENTRY_BYTES;
            if (state(number) == READING || state(number) == NOTHING) {
                return new Last(directory.getLong(entry + ID), (byte) directory.getInt(entry + DIRECTION), (byte) directory.getInt(entry + MARK),
                        directory.getLong(entry + OFFSET), directory.getInt(entry + LENGTH), state(number) == NOTHING, address(number));
            }
        }
        return null;
    }

    /** Nothing of an earlier daemon's is needed any more. */
    void clear() {
        for (int number = 0; number < places.length; number++) {
            if (state(number) != FREE) {
                directory.putIntRelease(number * ENTRY_BYTES + STATE, FREE);
            }
        }
    }

    private void fill(Place place, long id, byte direction, byte mark, long offset, int length, int state) {
        int entry = place.entry();
        directory.putLongRelease(entry + ID, id);
        directory.putLongRelease(entry + OFFSET, offset);
        directory.putIntRelease(entry + DIRECTION, direction);
        directory.putIntRelease(entry + MARK, mark);
        directory.putIntRelease(entry + LENGTH, length);
        directory.putIntRelease(entry + STATE, state);
    }

    private int state(int number) {
        return directory.getInt(number * ENTRY_BYTES + STATE);
    }

    /** A free one, else {@code otherwise}, which may be null. */
    private Place take(Shelf shelf, Place otherwise) {
        synchronized (places) {
            Place place = shelf.free.isEmpty() ? otherwise : at(shelf.free.popInt());
            if (place != null) {
                place.begin();
            }
            return place;
        }
    }

    private Place at(int number) {
        if (places[number] == null) {
            places[number] = new Place(number, shelfOf(number));
        }
        return places[number];
    }

    private Shelf shelfOf(int number) {
        return number >= small.first ? small : large;
    }

    /** Places of one size. */
    private static final class Shelf {
        final int first;
        final int count;
        final int begin;
        final int placeBytes;
        final IntArrayList free = new IntArrayList();

        Shelf(int first, int count, int begin, int payloadBytes) {
            this.first = first;
            this.count = count;
            this.begin = begin;
            this.placeBytes = placeBytes(payloadBytes);
        }

        /** An odd number of cache lines: so neighbours lie in different sets of the cache. */
        static int placeBytes(int payloadBytes) {
            return BitUtil.align(LEAD_BYTES + BEFORE_PAYLOAD_BYTES + payloadBytes, CACHE_LINE_BYTES) | CACHE_LINE_BYTES;
        }

        /** Where the frame begins. */
        int position(int number) {
            return begin + (number - first) * placeBytes + LEAD_BYTES;
        }

        int end() {
            return begin + count * placeBytes;
        }

        ByteBuffer frame(ByteBuffer memory, int number) {
            return memory.duplicate().limit(position(number) + placeBytes - LEAD_BYTES).position(position(number));
        }
    }

    /** A frame that goes back to its place when it is released for the last time and its bytes are not kept any more. */
    private final class Place extends UnpooledUnsafeDirectByteBuf {
        final int number;
        private final Shelf shelf;
        /** Whether anybody needs what lies here, and the frame. */
        boolean kept;

        private boolean sending;
        private boolean used;

        Place(int number, Shelf shelf) {
            super(ByteBufAllocator.DEFAULT, shelf.frame(memory, number), shelf.placeBytes - LEAD_BYTES);
            this.number = number;
            this.shelf = shelf;
        }

        int entry() {
            return number * ENTRY_BYTES;
        }

        void begin() {
            if (used) {
                resetRefCnt();
            }
            used = true;
            sending = true;
            setIndex(FrameLimits.LENGTH_PREFIX_BYTES, FrameLimits.LENGTH_PREFIX_BYTES);
        }

        void returnIfUnused() {
            if (!kept && !sending && this != spare) {
                shelf.free.pushInt(number);
            }
        }

        @Override
        protected void deallocate() {
            synchronized (places) {
                sending = false;
                if (!kept) {
                    directory.putIntRelease(entry() + STATE, FREE);
                }
                returnIfUnused();
            }
        }
    }
}

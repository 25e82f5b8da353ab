package io.homeport.estate;

import io.homeport.keeper.FdStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What one daemon leaves, seen after each store into it by whoever wants to play the next one: the memory at that moment is what a SIGKILL would
 * have left.
 */
public final class WatchedEstate {
    private static final int PLACES = 6;

    /** What the watched daemon works with. */
    public final Estate estate;

    public final Slot slot;
    private final ByteBuffer places = ByteBuffer.allocateDirect(Landing.bytes(PLACES, PLACES));
    private final ByteBuffer slotMemory = ByteBuffer.allocateDirect(Slot.BYTES);

    /** @param whenStored called after each store */
    public WatchedEstate(Runnable whenStored) {
        Landing landing = new Landing(places, new WatchedBuffer(places, whenStored), PLACES, PLACES);
        slot = new Slot(-1, new WatchedBuffer(slotMemory, whenStored), 0);
        estate = new Estate(FdStore.none(), new SlotFile(ByteBuffer.allocateDirect(0)), landing, null, null, 0, false);
    }

    /** What the next daemon reads, in its order. {@code journal} is the directory of the watched daemon's. */
    public void read(Path journal, Estate.JournalReader reader) throws IOException {
        OldJournal.read(journal, reader::record);
        next().readKept(reader);
    }

    /** The read that was under way. */
    public Landing.Last last() {
        return next().last();
    }

    /** The slot as it stands, to be written to by the next daemon. */
    public Slot copyOfSlot() {
        ByteBuffer copy = ByteBuffer.allocateDirect(Slot.BYTES).put(slotMemory.duplicate().clear()).clear();
        return new Slot(-1, new UnsafeBuffer(copy), 0);
    }

    /** Whether everything was let go. */
    public boolean isEmpty() {
        int[] kept = new int[1];
        next().readKept((id, direction, mark, offset, address, length) -> kept[0]++);
        return kept[0] == 0 && last() == null && !estate.landing().scarce();
    }

    private Landing next() {
        return new Landing(places, PLACES, PLACES);
    }

    private static final class WatchedBuffer extends UnsafeBuffer {
        private final Runnable whenStored;

        WatchedBuffer(ByteBuffer memory, Runnable whenStored) {
            super(memory);
            this.whenStored = whenStored;
        }

        @Override
        public void putLongRelease(int index, long value) {
            super.putLongRelease(index, value);
            whenStored.run();
        }

        @Override
        public void putIntRelease(int index, int value) {
            super.putIntRelease(index, value);
            whenStored.run();
        }
    }
}

package io.homeport.estate;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** The table of {@link Slot}s. The lowest free one is given out first, so that names stay short. Data loop. */
public final class SlotFile {
    /** As many as the keeper keeps descriptors: their names fit into 128 KiB. The file takes room only where it is used. */
    public static final int SLOTS = 24_000;

    static final int BYTES = SLOTS * Slot.BYTES;

    private final UnsafeBuffer memory;
    private final int slots;
    private final BitSet used = new BitSet();

    /** @param memory zeroed, or an earlier table's */
    SlotFile(ByteBuffer memory) {
        this.memory = new UnsafeBuffer(memory);
        this.slots = memory.capacity() / Slot.BYTES;
    }

    /** A free slot, cleared; an unkept one if there is none. It is taken until {@link #free}, and counts after a kill once it is published. */
    public Slot allocate() {
        int number = used.nextClearBit(0);
        if (number >= slots) {
            return Slot.unkept();
        }
        used.set(number);
        Slot slot = at(number);
        slot.clear();
        return slot;
    }

    /** The stream is over; what it still writes into its slot goes nowhere. */
    public void free(Slot slot) {
        if (slot.number() >= 0) {
            used.clear(slot.number());
            slot.retire();
        }
    }

    /**
     * The slots that an earlier daemon published: taken from here on. Call once, before any {@link #allocate}, and only if there was one: on
     * tmpfs even looking at a page of a mapped file takes it (shmem_fault).
     */
    public List<Slot> published() {
        List<Slot> published = new ArrayList<>();
        for (int number = 0; number < slots; number++) {
            Slot slot = at(number);
            if (slot.id() != 0) {
                used.set(number);
                published.add(slot);
            }
        }
        return published;
    }

    private Slot at(int number) {
        return new Slot(number, memory, number * Slot.BYTES);
    }
}

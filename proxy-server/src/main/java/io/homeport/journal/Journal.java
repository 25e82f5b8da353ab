package io.homeport.journal;

import java.io.Closeable;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.BufferUtil;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes in flight of all streams of a node, in one Chronicle Queue whose files are cut by size and deleted when nothing in them is
 * needed any more.
 *
 * <pre>
 *   append ──► | file n-2 | file n-1 | file n |     index = file and place in it
 *                   ▲ deleted once all of its records are released
 *   record:  0 streamId | 8 offset | 16 direction | 17 kind | 20 length | 24 payload     (native byte order)
 * </pre>
 *
 * <p>A record survives the process's death from the moment {@link #append} returns (the mapped file is the kernel's); a record cut short by
 * it is not there at all. {@link #open} and {@link #close} may be called on any thread, all else on one thread: the data loop.
 */
public final class Journal implements Closeable {
    /** Bytes that stand before a record's payload. */
    public static final int HEADER_BYTES = 24;

    /** Bytes in one file by default: small enough that a forgotten stream pins little memory, large enough that rolling is rare. */
    public static final long DEFAULT_CYCLE_BYTES = 64L << 20;

    /** Longest payload: Chronicle's documents must stay well below its mapped chunk of 64 MiB. */
    public static final int MAX_PAYLOAD_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** 2^28 records in a file: 64 MiB of one-byte records are fewer. The hour is never measured, see {@link SizeCycles}. */
    private static final RollCycle ROLL = RollCycles.FAST_HOURLY;
    /** Chronicle takes cycle 0 for "none" in places; any other start will do. */
    private static final int FIRST_CYCLE = 1;

    private final SingleChronicleQueue queue;
    private final SizeCycles cycles;
    private final PointerBytesStore pointer = new PointerBytesStore();
    private final Int2ObjectHashMap<CycleUse> uses = new Int2ObjectHashMap<>();
    private final ExcerptAppender appender;
    private ExcerptTailer tailer;
    private CycleUse current;
    private long liveBytes;

    private Journal(Path dir, long cycleBytes) {
        cycles = new SizeCycles(ROLL, cycleBytes, FIRST_CYCLE);
        queue = SingleChronicleQueueBuilder.single(dir.toFile()).rollCycle(ROLL).timeProvider(cycles).build();
        int last = queue.lastCycle();
        while (last >= 0 && last != Integer.MIN_VALUE && last != Integer.MAX_VALUE && cycles.cycle() <= last) {
            cycles.add(Integer.MAX_VALUE);
        }
        appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true);
        current = new CycleUse(cycles.cycle());
        uses.put(current.cycle, current);
    }

    /**
     * Opens the journal in {@code dir}, made if absent, and warms it. Takes 1 to 2 s the first time in a process (Chronicle compiles its
     * wires): do it when the daemon starts. A directory is one process's: records of an earlier one are taken over by the caller.
     *
     * @param cycleBytes size at which a new file is begun
     */
    public static Journal open(Path dir, long cycleBytes) {
        Journal journal = new Journal(dir, cycleBytes);
        journal.warm();
        return journal;
    }

    /**
     * Appends one record.
     *
     * @param direction any number that tells a stream's directions apart
     * @param kind any number that tells kinds of records apart
     * @param address of {@code length} bytes of direct memory
     * @return the record's index, for {@link #read} and {@link #release}
     */
    public long append(long streamId, byte direction, byte kind, long offset, long address, int length) {
        if (length < 0 || length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a record of " + length + " bytes, at most " + MAX_PAYLOAD_BYTES);
        }
        boolean rolled = cycles.add(HEADER_BYTES + length);
        long index;
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> out = document.wire().bytes();
            out.writeLong(streamId).writeLong(offset).writeByte(direction).writeByte(kind).writeShort((short) 0).writeInt(length);
            if (length > 0) {
                pointer.set(address, length);
                out.write((BytesStore<?, ?>) pointer, 0L, length);
            }
            index = document.index();
        }
        if (rolled) {
            begin(ROLL.toCycle(index));
        }
        current.records++;
        liveBytes += length;
        return index;
    }

    /**
     * Copies a record's payload to {@code address}.
     *
     * @return its length in bytes
     * @throws IllegalStateException if there is no such record, or it is longer than {@code capacity}
     */
    public int read(long index, long address, int capacity) {
        try (DocumentContext document = find(index)) {
            Bytes<?> in = document.wire().bytes();
            in.readSkip(HEADER_BYTES - Integer.BYTES);
            int length = in.readInt();
            if (length > capacity) {
                throw new IllegalStateException("journal record " + index + " has " + length + " bytes, room for " + capacity);
            }
            OS.memory().copyMemory(in.addressForRead(in.readPosition()), address, length);
            return length;
        }
    }

    /** A record as it stands in the journal; allocates, for recovery and tests. */
    public JournalRecord record(long index) {
        try (DocumentContext document = find(index)) {
            return decode(index, document.wire().bytes());
        }
    }

    /** The record will not be read again. Its file goes with the last of its records, unless it is the one being written. */
    public void release(long index, int length) {
        CycleUse use = uses.get(ROLL.toCycle(index));
        if (use == null || use.records == 0) {
            throw new IllegalStateException("journal record " + index + " was released twice");
        }
        liveBytes -= length;
        if (--use.records == 0 && use != current) {
            delete(use);
        }
    }

    /** Payload bytes appended and not yet released. */
    public long liveBytes() {
        return liveBytes;
    }

    /** Size at which a new file is begun. */
    public long cycleBytes() {
        return cycles.cycleBytes();
    }

    /** Files that hold the journal now. */
    public int files() {
        return uses.size();
    }

    @Override
    public void close() {
        if (tailer != null) {
            tailer.close();
        }
        appender.close();
        queue.close();
    }

    /** Decodes a record; {@code in} stands at its beginning. */
    static JournalRecord decode(long index, Bytes<?> in) {
        long streamId = in.readLong();
        long offset = in.readLong();
        byte direction = in.readByte();
        byte kind = in.readByte();
        in.readSkip(Short.BYTES);
        byte[] payload = new byte[in.readInt()];
        in.read(payload);
        return new JournalRecord(index, streamId, direction, kind, offset, payload);
    }

    private DocumentContext find(long index) {
        if (tailer == null) {
            tailer = queue.createTailer();
            tailer.singleThreadedCheckDisabled(true);
        }
        if (tailer.index() != index && !tailer.moveToIndex(index)) {
            throw new IllegalStateException("no journal record " + index);
        }
        DocumentContext document = tailer.readingDocument();
        if (!document.isPresent() || document.index() != index) {
            document.close();
            throw new IllegalStateException("no journal record " + index);
        }
        return document;
    }

    private void begin(int cycle) {
        CycleUse before = current;
        current = new CycleUse(cycle);
        current.file = appender.currentFile();
        uses.put(cycle, current);
        if (before.records == 0) {
            delete(before);
        }
    }

    private void delete(CycleUse use) {
        uses.remove(use.cycle);
        if (tailer != null) {
            // A tailer keeps the file it last read mapped, and with it the memory of a deleted file.
            tailer.close();
            tailer = null;
        }
        if (use.file != null && !use.file.delete()) {
            LOG.warn("journal: {} is not needed any more but could not be deleted", use.file);
        }
    }

    private void warm() {
        ByteBuffer scratch = ByteBuffer.allocateDirect(64);
        long address = BufferUtil.address(scratch);
        long index = append(0, (byte) 0, (byte) 0, 0, address, scratch.capacity());
        current.file = appender.currentFile();
        read(index, address, scratch.capacity());
        release(index, scratch.capacity());
    }

    /** What is still needed of one file. */
    private static final class CycleUse {
        final int cycle;
        int records;
        File file;

        CycleUse(int cycle) {
            this.cycle = cycle;
        }
    }
}

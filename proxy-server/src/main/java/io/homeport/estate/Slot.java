package io.homeport.estate;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One stream's lasting state. Every number is one aligned store, so it is old or new after a kill, never half; stores stay in the order of
 * the program (release). Data loop.
 *
 * <pre>
 *   0 id | 8 written | 16 read | 24 acked | 32 read base | 40 write base | 48 service | 56 epoch | 60 flags | 64 room
 *   68 file flags | 72 length of the description | 76 .. 80 | 80 description
 * </pre>
 */
public final class Slot {
    /** Bytes of one slot: a description without bytes of the stream has some 300. */
    static final int BYTES = 512;

    /** Longest description: addresses, kind, options of a socket. */
    public static final int MAX_DESCRIPTION_BYTES = BYTES - 80;

    private static final int ID = 0;
    private static final int WRITTEN = 8;
    private static final int READ = 16;
    private static final int ACKED = 24;
    private static final int READ_BASE = 32;
    private static final int WRITE_BASE = 40;
    private static final int SERVICE = 48;
    private static final int EPOCH = 56;
    private static final int FLAGS = 60;
    private static final int ROOM = 64;
    private static final int FILE_FLAGS = 68;
    private static final int DESCRIPTION_LENGTH = 72;
    private static final int DESCRIPTION = 80;
    private static final int RADIX = 36;

    /** What a stream that is over still writes goes here. */
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES));

    private int number;
    /** The whole table: a buffer for each of thousands of slots would be larger than the slot's own object. */
    private UnsafeBuffer memory;

    private int base;

    /** @param base where it begins in {@code memory} */
    Slot(int number, UnsafeBuffer memory, int base) {
        this.number = number;
        this.memory = memory;
        this.base = base;
    }

    /** A slot that dies with the process: for streams beyond the table's size, and for tests. */
    public static Slot unkept() {
        return new Slot(-1, new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES)), 0);
    }

    /** Its place in the table; -1 if it is in none. */
    public int number() {
        return number;
    }

    /** The name of its descriptor in the keeper's store: short, for all names travel in one environment variable of 128 KiB. */
    public String name() {
        return Integer.toString(number, RADIX);
    }

    /** The stream; 0 while the slot is free. */
    public long id() {
        return memory.getLong(base + ID);
    }

    /** From here on the slot holds. */
    public void publish(long id) {
        memory.putLongRelease(base + ID, id);
    }

    /** Offset up to which this end has written into its descriptor, ends counted. */
    public long written() {
        return memory.getLong(base + WRITTEN);
    }

    public void written(long offset) {
        memory.putLongRelease(base + WRITTEN, offset);
    }

    /** Offset up to which what was read is kept, ends counted. */
    public long read() {
        return memory.getLong(base + READ);
    }

    public void read(long offset) {
        memory.putLongRelease(base + READ, offset);
    }

    /** Offset up to which the other end has what was read: it may be further, never less. */
    public long acked() {
        return memory.getLong(base + ACKED);
    }

    public void acked(long offset) {
        memory.putLongRelease(base + ACKED, offset);
    }

    /** Offset of a byte read = this + the kernel's count of bytes read from the socket. */
    public long readBase() {
        return memory.getLong(base + READ_BASE);
    }

    /** Offset of a byte written = this + the kernel's count of bytes written into the socket; ends not counted. */
    public long writeBase() {
        return memory.getLong(base + WRITE_BASE);
    }

    public void bases(long readBase, long writeBase) {
        memory.putLongRelease(base + READ_BASE, readBase);
        memory.putLongRelease(base + WRITE_BASE, writeBase);
    }

    /** The service whose shadow namespace the stub's socket is in; 0 for deputies. */
    public long service() {
        return memory.getLong(base + SERVICE);
    }

    /** The room of that namespace. */
    public int room() {
        return memory.getInt(base + ROOM);
    }

    public void place(long service, int room) {
        memory.putLongRelease(base + SERVICE, service);
        memory.putIntRelease(base + ROOM, room);
    }

    /** Number of the move that the stub stands for, or that the deputy has last been bound to; 0: never. */
    public int epoch() {
        return memory.getInt(base + EPOCH);
    }

    public void epoch(int epoch) {
        memory.putIntRelease(base + EPOCH, epoch);
    }

    /** Bits whose meaning is the owner's. */
    public int flags() {
        return memory.getInt(base + FLAGS);
    }

    public boolean has(int flag) {
        return (flags() & flag) != 0;
    }

    public void set(int flag) {
        memory.putIntRelease(base + FLAGS, flags() | flag);
    }

    /** The file status flags that the descriptor goes back with. */
    public int fileFlags() {
        return memory.getInt(base + FILE_FLAGS);
    }

    public void fileFlags(int flags) {
        memory.putIntRelease(base + FILE_FLAGS, flags);
    }

    /** What {@link #describe} was given. */
    public byte[] description() {
        byte[] description = new byte[Math.min(memory.getInt(base + DESCRIPTION_LENGTH), MAX_DESCRIPTION_BYTES)];
        memory.getBytes(base + DESCRIPTION, description);
        return description;
    }

    /** @param length of the description, at the buffer's beginning: at most {@link #MAX_DESCRIPTION_BYTES}; not to be changed once the slot is published */
    public void describe(DirectBuffer description, int length) {
        memory.putInt(base + DESCRIPTION_LENGTH, length);
        memory.putBytes(base + DESCRIPTION, description, 0, length);
    }

    void clear() {
        publish(0);
        memory.setMemory(base, BYTES, (byte) 0);
    }

    /** The place may be another stream's from here on. */
    void retire() {
        clear();
        number = -1;
        memory = NOWHERE;
        base = 0;
    }
}

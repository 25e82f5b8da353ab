package io.homeport.stream;

import io.homeport.posix.Errno;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * One direction of a stream at its receiver: lane, socket, acknowledgement.
 *
 * <pre>
 *            written ≤ received ≤ creditLimit = written + window
 *   socket ◄──┘  pending  └── lane
 * </pre>
 *
 * <p>Bytes go into the socket at once; what the kernel does not take waits here, at most a window of it. Offsets decide: what is below
 * {@code received} is a duplicate, what is above it a gap, which is answered by attaching again. Data loop.
 */
final class Inflow {
    private static final int EPIPE = 32;
    /** How often an unapplied reset looks whether all bytes before it have arrived. */
    private static final int RESET_POLL_MS = 5;

    private final StreamEnd end;
    private final long start;
    /** What waits, oldest first: mostly nothing, and then it takes no memory. */
    private Item firstPending;

    private Item lastPending;
    private long received;
    private long written;
    /** End of what came with the move: this end answers for it, written or not, for the deputy has let it go. */
    private long carriedEnd;
    private long ackedOffset;
    private long granted;
    private boolean ackQueued;
    private boolean discarding;
    private boolean suspended;
    private boolean waitsForArrival;
    private byte lastApplied = Mark.DATA;
    private byte ends;

    /** Bytes or an end that wait for the socket; {@code bytes} is null for an end. */
    private static final class Item {
        final byte mark;
        final ByteBuf bytes;
        Item next;

        Item(byte mark, ByteBuf bytes) {
            this.mark = mark;
            this.bytes = bytes;
        }
    }

    Inflow(StreamEnd end, long start) {
        this.end = end;
        this.start = start;
        received = start;
        written = start;
        ackedOffset = start;
        carriedEnd = start;
        discarding = !end.kind().writes(end.role());
    }

    /** A Data frame. False if bytes are missing before it. */
    boolean data(ByteBuf frame, long offset, int payloadBytes, boolean urgent) {
        if (offset > received) {
            return false;
        }
        if (payloadBytes == 0 || offset + payloadBytes > creditLimit()) {
            throw new MalformedFrameException(payloadBytes + " bytes at " + offset + " of " + end + ", whose credit ends at " + creditLimit());
        }
        int skip = (int) Math.min(received - offset, payloadBytes);
        if (skip < payloadBytes) {
            received = offset + payloadBytes;
            accept(frame, frame.readerIndex() + Frames.PAYLOAD_OFFSET + skip, payloadBytes - skip, urgent);
        }
        return true;
    }

    /** An End frame. False if bytes are missing before it. */
    boolean end(long offset, byte mark) {
        if (offset > received) {
            return false;
        }
        if (offset == received) {
            received++;
            add(mark, null);
            flush();
        }
        return true;
    }

    /** Bytes that were on their way at the node that the process has left: the first that the new socket gives. */
    void preload(byte[] bytes, boolean eof, boolean reset) {
        if (bytes.length > 0) {
            ByteBuf copy = StreamFrames.emptyData(bytes.length);
            copy.writeBytes(bytes);
            add(Mark.DATA, copy);
            received += bytes.length;
        }
        if (eof) {
            add(Mark.EOF, null);
            received++;
        }
        if (reset) {
            add(Mark.RESET, null);
            received++;
        }
        carriedEnd = received;
        flush();
    }

    /**
     * Goes on where the daemon before this one stood.
     *
     * @param dataBefore offset up to which it wrote, ends not counted
     * @param carried what came with the move; what of it is not written yet comes first
     */
    void resume(long dataBefore, StreamState.Inbound carried) {
        List<Byte> applied = Kept.applied(end.slot());
        ends = (byte) applied.size();
        written = dataBefore + ends;
        received = written;
        ackedOffset = written;
        // It may have been killed between the note and the deed.
        applied.forEach(this::execute);
        int done = (int) Math.max(0, Math.min(dataBefore - carried.consumed(), carried.unread().length));
        boolean missing = !end.local().closed() && ends == 0;
        preload(missing ? Arrays.copyOfRange(carried.unread(), done, carried.unread().length) : new byte[0],
                missing && carried.eof(), !end.local().closed() && carried.reset());
        long carriedBefore = carried.consumed() + carried.unread().length + (carried.eof() ? 1 : 0) + (carried.reset() ? 1 : 0);
        carriedEnd = Math.max(carriedBefore, start);
    }

    /** What came with the move and is not written yet: it goes on with the next one. */
    StreamState.Inbound carried(long consumed, byte[] unread) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(unread);
        boolean eof = eof();
        boolean reset = false;
        long offset = written;
        for (Item item = firstPending; item != null; item = item.next) {
            if (offset >= carriedEnd) {
                break;
            }
            if (item.bytes == null) {
                eof |= item.mark == Mark.EOF;
                reset |= Mark.isFinal(item.mark);
                offset++;
            } else {
                byte[] copy = new byte[item.bytes.readableBytes()];
                item.bytes.getBytes(item.bytes.readerIndex(), copy);
                bytes.writeBytes(copy);
                offset += copy.length;
            }
        }
        return new StreamState.Inbound(consumed, bytes.toByteArray(), eof, reset);
    }

    /** Writes what waits, as far as the socket takes it. */
    void flush() {
        while (!idle() && !suspended && !waitsForArrival) {
            Item item = firstPending;
            if (item.bytes == null) {
                if (!apply(item.mark)) {
                    return;
                }
                removeFirst();
            } else {
                ByteBuf bytes = item.bytes;
                bytes.skipBytes(write(bytes.memoryAddress() + bytes.readerIndex(), bytes.readableBytes(), item.mark == Mark.URGENT));
                if (bytes.isReadable()) {
                    break;
                }
                removeFirst();
                bytes.release();
            }
        }
        acknowledge();
    }

    /** Whether it waits for the socket to take more. */
    boolean blocked() {
        return !idle() && !suspended && !waitsForArrival;
    }

    /** While suspended nothing is written; what arrives waits here, within the credit given. */
    void suspend(boolean suspend) {
        suspended = suspend;
        if (!suspend) {
            flush();
        }
    }

    /** Drops what waits: the sender still has it, for it is not acknowledged. */
    void dropPending() {
        for (; !idle(); removeFirst()) {
            if (firstPending.bytes != null) {
                firstPending.bytes.release();
            }
        }
        received = written;
    }

    /** Sends an acknowledgement if one is owed. */
    void sendAckIfDue() {
        ackQueued = false;
        if (end.bound() && !suspended && written > ackedOffset) {
            ackedOffset = written;
            end.lane().send(end.context().frames.ack(end.id(), answersFor(), creditLimit()));
        }
    }

    /** Offset up to which this end has bytes and ends for good. */
    long answersFor() {
        return Math.max(written, carriedEnd);
    }

    /** Number of bytes written by this end, ends not counted. */
    long bytesWritten() {
        return written - ends - start;
    }

    /** Offset after the last byte written, ends not counted. */
    long dataEnd() {
        return written - ends;
    }

    /** Never shrinks, though the window may: the sender has been told. */
    long creditLimit() {
        granted = Math.max(granted, Math.max(written + end.context().windowBytes(), carriedEnd));
        return granted;
    }

    /** The other end was told {@link #answersFor} and {@link #creditLimit}: in an attach. */
    void told() {
        ackedOffset = written;
    }

    /** Whether the direction's end of file has been passed on. */
    boolean eof() {
        return ends > 0;
    }

    /** Whether it has closed the socket: reset or close. */
    boolean closedSocket() {
        return Mark.isFinal(lastApplied);
    }

    boolean idle() {
        return firstPending == null;
    }

    private void add(byte mark, ByteBuf bytes) {
        Item item = new Item(mark, bytes);
        if (idle()) {
            firstPending = item;
        } else {
            lastPending.next = item;
        }
        lastPending = item;
    }

    private void removeFirst() {
        firstPending = firstPending.next;
        if (idle()) {
            lastPending = null;
        }
    }

    private void accept(ByteBuf frame, int index, int length, boolean urgent) {
        if (!urgent) {
            take(frame, index, length, Mark.DATA);
            return;
        }
        if (length > 1) {
            take(frame, index, length - 1, Mark.DATA);
        }
        take(frame, index + length - 1, 1, Mark.URGENT);
    }

    private void take(ByteBuf frame, int index, int length, byte mark) {
        int taken = 0;
        if (idle() && !suspended && frame.hasMemoryAddress()) {
            taken = write(frame.memoryAddress() + index, length, mark == Mark.URGENT);
        }
        if (taken < length) {
            boolean only = idle();
            add(mark, keep(frame, index + taken, length - taken));
            if (only && !frame.hasMemoryAddress()) {
                flush();
                return;
            }
        }
        acknowledge();
    }

    private static ByteBuf keep(ByteBuf frame, int index, int length) {
        if (frame.hasMemoryAddress()) {
            return frame.retainedSlice(index, length);
        }
        ByteBuf copy = StreamFrames.emptyData(Math.min(length, FrameLimits.MAX_FRAME_BYTES));
        return copy.writeBytes(frame, index, length);
    }

    /** Writes as much as the socket takes; a failed socket takes all, so that the sender is not held up. */
    private int write(long address, int length, boolean urgent) {
        int done = 0;
        while (done < length && !discarding) {
            long n = end.local().write(address + done, length - done, urgent);
            if (n >= 0) {
                done += (int) n;
            } else if (n == -Errno.EAGAIN) {
                break;
            } else if (n != -Errno.EINTR) {
                discarding = true;
                // On AF_UNIX the application may just have shut reading down.
                if (!(n == -EPIPE && end.kind() == StreamKind.UNIX)) {
                    end.outflow().failed((int) -n);
                }
            }
        }
        if (discarding) {
            done = length;
        }
        written += done;
        end.slot().written(dataEnd());
        return done;
    }

    private boolean apply(byte mark) {
        if (mark == Mark.RESET && end.role() == Role.STUB && !discarding && end.local().unacknowledged() > 0) {
            // A reset drops the send queue; the application is to read all that the real socket had received before.
            waitsForArrival = true;
            end.context().after(RESET_POLL_MS, () -> {
                waitsForArrival = false;
                flush();
                end.settle();
            });
            return false;
        }
        end.slot().set(Kept.inFlagOf(mark));
        written++;
        ends++;
        execute(mark);
        return true;
    }

    private void execute(byte mark) {
        lastApplied = mark;
        if (mark == Mark.EOF) {
            end.local().shutdownWrite();
        } else if (mark == Mark.RESET) {
            end.local().reset();
        } else {
            end.local().close();
        }
    }

    /** Sends an acknowledgement now if much is new or the direction has ended, else soon. */
    void acknowledge() {
        StreamContext context = end.context();
        boolean much = written - ackedOffset >= Math.min(context.limits.ackEveryBytes(), context.windowBytes() / 2);
        if (much || lastApplied != Mark.DATA && written > ackedOffset) {
            sendAckIfDue();
        } else if (!ackQueued && written > ackedOffset) {
            ackQueued = true;
            context.ackSoon(end);
        }
    }
}

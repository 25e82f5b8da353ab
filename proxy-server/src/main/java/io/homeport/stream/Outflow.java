package io.homeport.stream;

import static io.homeport.socket.Endpoint.FAILED;
import static io.homeport.socket.Endpoint.HUNG_UP;
import static io.homeport.socket.Endpoint.URGENT;

import io.homeport.estate.Slot;
import io.homeport.posix.Errno;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;

/**
 * One direction of a stream at its sender: local bytes, what is kept of them, lane.
 *
 * <pre>
 *   socket ─ read ─► frame in its place ─ send ─► lane       log:  acked ≤ sent ≤ end
 *                        └ kept: there, or in the journal          │      │      └ read so far
 *                                                                  │      └ sent since the last attach
 *                                                                  └ the receiver has written it
 *   after an attach: sent falls back to the receiver's offset, and what is between comes from what is kept first
 * </pre>
 *
 * <p>It reads the socket while it is bound and the lane has room and the receiver has given credit, or while it is not bound and the journal
 * has room; else the kernel keeps the bytes, and TCP stops that peer alone. Data loop.
 */
final class Outflow {
    private static final int FIRST_READ_BYTES = 2048;
    private static final int MIN_READ_BYTES = 512;
    /** Of one socket before the others' turn, as long as it fills the largest frames: a wait for each costs more than reading. */
    private static final int READS_AT_ONCE = 4;

    private final StreamEnd end;
    private final StreamContext context;
    private final LocalEnd local;
    private final OutLog log;
    private final OutBytes bytes;
    private final Slot slot;
    private long sent;
    private long creditLimit;
    private boolean reading;
    private boolean inputEnded;
    private byte lastMark = Mark.DATA;
    private boolean eofMarked;
    private int error;
    private boolean queued;
    private int readBytes = FIRST_READ_BYTES;

    Outflow(StreamEnd end, StreamContext context, LocalEnd local, long start) {
        this.end = end;
        this.context = context;
        this.local = local;
        this.log = new OutLog(start);
        this.bytes = new OutBytes(end, log);
        this.slot = end.slot();
        this.sent = start;
        this.inputEnded = !end.kind().reads(end.role());
    }

    /** From here on the socket is read. */
    void open() {
        reading = true;
    }

    /** The socket is not read any more; what was read goes on. */
    void stopReading() {
        reading = false;
    }

    /** Whether a receiver that has all below {@code received} can go on from there. */
    boolean canServe(long received) {
        return received >= log.acked() && received <= log.end();
    }

    /** The receiver wants bytes from {@code received} on, up to {@code credit}; false if it can't have them. */
    boolean attach(long received, long credit) {
        if (!canServe(received)) {
            return false;
        }
        acked(received);
        sent = received;
        creditLimit = credit;
        if (sent < log.end()) {
            end.awaitTurn();
        }
        return true;
    }

    /** The receiver has all below {@code offset} and takes bytes below {@code credit}. */
    void acknowledged(long offset, long credit) {
        if (offset > log.end()) {
            throw new MalformedFrameException("acknowledged " + offset + " of " + end + ", of which only " + log.end() + " was read");
        }
        acked(offset);
        // After an attach the receiver may still write, and acknowledge, what it had in memory.
        sent = Math.max(sent, log.acked());
        creditLimit = Math.max(creditLimit, credit);
        if (end.bound() && sent < log.end()) {
            end.awaitTurn();
        }
    }

    /** What the kernel says: bytes, an end, an error. */
    void ready(int events) {
        boolean more = true;
        for (int reads = 0; more && reads < READS_AT_ONCE && wantsInput() && (!end.bound() || end.lane().writable()); reads++) {
            more = read((events & URGENT) != 0);
        }
        if (inputEnded && !Mark.isFinal(lastMark) && (events & (FAILED | HUNG_UP)) != 0) {
            afterTheEnd(events);
        }
    }

    /** One turn on the lane: at most one frame, kept or new. True if it has more that could go now. */
    boolean turn() {
        if (!end.bound() || local.closed() && sent == log.end()) {
            return false;
        }
        if (sent < log.end()) {
            if (!resend()) {
                return false;
            }
        } else if (wantsInput()) {
            read(true);
        }
        end.updateInterest();
        return sent < log.end();
    }

    /** Whether it would read now if the lane had room. */
    boolean wantsInput() {
        return reading && !inputEnded && room() > 0;
    }

    /** Appends an end to the direction (and sends it); nothing follows a final one. */
    void mark(byte mark) {
        if (Mark.isFinal(lastMark) || mark == lastMark) {
            return;
        }
        lastMark = mark;
        eofMarked |= mark == Mark.EOF;
        inputEnded = true;
        bytes.end(mark);
        slot.set(Kept.flagOf(mark));
        slot.read(log.end());
        if (end.bound()) {
            end.awaitTurn();
        }
    }

    /** The socket has failed while writing: the end comes when all that can still be read is read. */
    void failed(int errno) {
        if (error == 0) {
            error = errno;
        }
        if (inputEnded) {
            mark(Mark.RESET);
        }
    }

    /** Bytes that were read elsewhere and come first. */
    void preload(byte[] bytes, boolean eof, boolean reset) {
        for (int at = 0; at < bytes.length; at += FrameLimits.MAX_DATA_BYTES) {
            int length = Math.min(bytes.length - at, FrameLimits.MAX_DATA_BYTES);
            ByteBuf frame = StreamFrames.emptyData(length);
            frame.setBytes(frame.readerIndex() + Frames.PAYLOAD_OFFSET, bytes, at, length);
            this.bytes.append(Mark.DATA, StreamFrames.payloadAddress(frame), length);
            slot.read(log.end());
            frame.release();
        }
        if (eof) {
            mark(Mark.EOF);
        }
        if (reset) {
            mark(Mark.RESET);
        }
    }

    /** Reads all there is at once, whatever the limits say: the application is frozen, so there is an end to it. False at EAGAIN's first sight. */
    boolean drainOnce() {
        long before = log.end();
        if (!inputEnded) {
            read(true);
        }
        return log.end() != before;
    }

    /** A copy of what the receiver has not acknowledged, ends left out. */
    byte[] unsent() {
        return bytes.copy(Math.min(log.acked(), dataEnd()), dataEnd());
    }

    /** Leaves the journal's old files: writes what the receiver has not acknowledged to its end. */
    void moveUp() {
        bytes.moveUp();
    }

    /** Journal index of the oldest byte that it still needs, {@link Long#MAX_VALUE} if it needs none. */
    long oldestRecord() {
        return log.oldest();
    }

    /** A record of the daemon before this one. They come in order; some unneeded ones are missing, some come again ({@link #moveUp}). */
    void recovered(byte mark, long offset, long address, int length) {
        int width = Mark.isEnd(mark) ? 1 : length;
        if (offset + width <= slot.acked() || offset >= log.acked() && offset + width <= log.end()) {
            return;
        }
        if (offset != log.end()) {
            log.restart(offset, bytes);
        }
        bytes.append(mark, address, length);
        if (Mark.isEnd(mark)) {
            // That daemon may have been killed before it could.
            slot.set(Kept.flagOf(mark));
        }
    }

    /** All records have come: goes on from where that daemon stood. True if none that is needed is missing. */
    boolean resume() {
        boolean complete = log.end() >= slot.read() || log.end() <= slot.acked();
        if (log.end() < slot.read()) {
            log.restart(slot.read(), bytes);
        }
        log.ack(Math.min(Math.max(slot.acked(), log.acked()), log.end()), bytes);
        sent = log.acked();
        lastMark = Kept.lastMark(slot);
        eofMarked = slot.has(Kept.OUT_EOF);
        inputEnded |= lastMark != Mark.DATA;
        return complete;
    }

    /** The journal holds all that was recovered: so does the slot. */
    void note() {
        slot.acked(log.acked());
        slot.read(log.end());
    }

    /** Frees the journal. */
    void forget() {
        reading = false;
        acked(log.end());
        sent = log.end();
    }

    /** Whether an end was appended and the receiver has it. */
    boolean endAcked() {
        return lastMark != Mark.DATA && log.acked() == log.end();
    }

    /** Whether that end is one that ends the other direction, too. */
    boolean finalAcked() {
        return Mark.isFinal(lastMark) && log.acked() == log.end();
    }

    /** Whether nothing that was read is on its way. */
    boolean idle() {
        return log.acked() == log.end();
    }

    byte lastMark() {
        return lastMark;
    }

    boolean eof() {
        return eofMarked;
    }

    boolean inputEnded() {
        return inputEnded;
    }

    long acked() {
        return Math.min(log.acked(), dataEnd());
    }

    long readSoFar() {
        return dataEnd();
    }

    long inFlightBytes() {
        return log.retainedBytes();
    }

    @Override
    public String toString() {
        return log + " sent " + sent + " credit " + creditLimit + (queued ? " queued" : "") + (inputEnded ? " ended" : "");
    }

    /** Enters the lane's queue; false if it is in it. */
    boolean enterQueue() {
        boolean entered = !queued;
        queued = true;
        return entered;
    }

    void leaveQueue() {
        queued = false;
    }

    /** Offset after the last byte, ends not counted. */
    private long dataEnd() {
        return log.end() - (eofMarked ? 1 : 0) - (Mark.isFinal(lastMark) ? 1 : 0);
    }

    private long room() {
        long journalRoom = context.limits.journalLimitBytes() - log.retainedBytes();
        if (!end.bound()) {
            return Math.min(journalRoom, context.limits.journalTotalBytes() - context.journal.liveBytes());
        }
        return sent < log.end() ? 0 : Math.min(journalRoom, creditLimit - sent);
    }

    /** What is beyond the credit, of {@link #drainOnce}, waits in the journal. @return whether it has filled a largest frame: there is probably more */
    private boolean read(boolean urgentPossible) {
        // A read that begins before the mark ends at it (tcp_recvmsg_locked), even with SO_OOBINLINE: so only the first byte need be asked for.
        boolean urgent = urgentPossible && local.atUrgentMark();
        int length = urgent ? 1 : (int) Math.max(1, Math.min(readBytes, reading ? room() : readBytes));
        byte mark = urgent ? Mark.URGENT : Mark.DATA;
        // What a read takes out of the kernel is in this frame alone, which outlives the process.
        ByteBuf frame = context.landing.begin(end.id(), end.direction(), mark, log.end(), length);
        long read = local.read(StreamFrames.payloadAddress(frame), length);
        context.landing.took(read);
        if (read > 0) {
            frame = bytes.landed(mark, frame, (int) read);
            slot.read(log.end());
            learn((int) read, length);
            long offset = log.end() - read;
            if (end.bound() && sent == offset && log.end() <= creditLimit) {
                sent = log.end();
                end.lane().send(context.frames.data(frame, end.id(), offset, urgent, (int) read));
                return read == FrameLimits.MAX_DATA_BYTES;
            }
        } else if (read == 0) {
            mark(error == 0 ? Mark.EOF : Mark.RESET);
        } else if (read != -Errno.EAGAIN && read != -Errno.EINTR) {
            error = error == 0 ? (int) -read : error;
            mark(Mark.RESET);
        }
        frame.release();
        return read == FrameLimits.MAX_DATA_BYTES;
    }

    private void acked(long offset) {
        // First: releasing deletes files.
        slot.acked(Math.max(offset, log.acked()));
        log.ack(offset, bytes);
    }

    /** Small frames for small messages, large ones for bulk: what was read last time and twice that. */
    private void learn(int read, int asked) {
        if (read == asked) {
            readBytes = Math.min(FrameLimits.MAX_DATA_BYTES, Math.max(readBytes, asked) * 4);
        } else if (read < readBytes / 8 && readBytes > MIN_READ_BYTES) {
            readBytes /= 2;
        }
    }

    private boolean resend() {
        int slot = log.find(sent);
        byte mark = log.mark(slot);
        if (Mark.isEnd(mark)) {
            sent++;
            end.lane().send(context.frames.end(end.id(), sent - 1, mark, mark == Mark.RESET ? error : 0));
            return true;
        }
        int length = (int) Math.min(log.offset(slot) + log.length(slot) - sent, creditLimit - sent);
        if (length <= 0) {
            return false;
        }
        int skip = (int) (sent - log.offset(slot));
        ByteBuf frame = StreamFrames.emptyData(log.length(slot));
        bytes.read(slot, frame);
        // The header goes over the bytes that the receiver has: no copying.
        frame.setIndex(frame.readerIndex() + skip, frame.readerIndex() + skip);
        end.lane().send(context.frames.data(frame, end.id(), sent, mark == Mark.URGENT, length));
        sent += length;
        return true;
    }

    private void afterTheEnd(int events) {
        int errno = local.takeError();
        boolean failed = errno != 0 || (events & FAILED) != 0;
        if (failed && !(end.role() == Role.STUB && end.inflow().eof())) {
            failed(errno);
        } else if (failed || end.kind() != StreamKind.TCP) {
            // TCP: a shadow net keeps no TIME_WAIT, so a reset answers our FIN to an application that has closed and whose bytes have all come.
            // unix_poll: EPOLLHUP once the peer is closed, not when it is shut down. A terminal or pipe says it when nobody is there any more.
            mark(Mark.CLOSED);
        }
    }
}

package io.homeport.stream;

import io.homeport.estate.Landing;
import io.homeport.journal.Journal;
import io.homeport.wire.Frames;
import io.netty.buffer.ByteBuf;

/**
 * The bytes that an {@link OutLog} tells of. They stay in the landing, where they were read to, as long as the stream is bound and places are
 * plenty: most are acknowledged there. Else they go to the journal, and what lies in places goes before them.
 *
 * <pre>
 *   read ─► place ─┬──────────────────────────► acknowledged: the place is free
 *                  └─ moveToJournal ─► journal ─► acknowledged: released there
 * </pre>
 *
 * <p>Data loop.
 */
final class OutBytes implements OutLog.Release {
    private static final byte[] NONE = {};

    private final StreamEnd end;
    private final OutLog log;
    private int places;
    /** In the line of {@link PlaceHolders}. */
    OutBytes before;

    OutBytes after;

    OutBytes(StreamEnd end, OutLog log) {
        this.end = end;
        this.log = log;
    }

    /** What the last read took, into {@code frame}. @return the frame to be sent */
    ByteBuf landed(byte mark, ByteBuf frame, int length) {
        int place = landing().place();
        if (place != Landing.NOWHERE && end.bound()) {
            hold(mark, length, place);
            return frame;
        }
        append(mark, StreamFrames.payloadAddress(frame), length);
        landing().letGo(place);
        return landing().onward(frame, length);
    }

    /** An end goes on where the log ends. */
    void end(byte mark) {
        int place = end.bound() ? landing().keepEnd(end.id(), end.direction(), mark, log.end()) : Landing.NOWHERE;
        if (place == Landing.NOWHERE) {
            append(mark, 0, 0);
        } else {
            hold(mark, 1, place);
        }
    }

    /** Goes on where the log ends, in the journal; an end has no bytes. */
    void append(byte mark, long address, int length) {
        moveToJournal();
        long index = journal().append(end.id(), end.direction(), mark, log.end(), address, length);
        log.append(mark, Mark.isEnd(mark) ? 1 : length, index);
        end.context().tidyJournal();
    }

    /** Leaves its places, which others need. */
    void moveToJournal() {
        if (places > 0) {
            log.empty((index, mark, offset, length) ->
                    journal().append(end.id(), end.direction(), mark, offset, landing().address(placeOf(index)), length), this);
            end.context().tidyJournal();
        }
    }

    /** Leaves the journal's old files: writes what lies there again, to the journal's end. */
    void moveUp() {
        ByteBuf frame = StreamFrames.emptyData(Journal.MAX_PAYLOAD_BYTES);
        long address = StreamFrames.payloadAddress(frame);
        log.moveUp((index, mark, offset, length) -> {
            journal().read(index, address, Journal.MAX_PAYLOAD_BYTES);
            return journal().append(end.id(), end.direction(), mark, offset, address, length);
        }, this);
        frame.release();
    }

    @Override
    public void release(long index, int payloadBytes) {
        if (index >= 0) {
            journal().release(index, payloadBytes);
        } else {
            landing().letGo(placeOf(index));
            if (--places == 0) {
                end.context().holders.remove(this);
            }
        }
    }

    /** The bytes of the log's item {@code at}, into a frame that has room for them. */
    void read(int at, ByteBuf frame) {
        long index = log.index(at);
        if (index >= 0) {
            journal().read(index, StreamFrames.payloadAddress(frame), log.length(at));
        } else {
            landing().read(placeOf(index), log.length(at), frame, frame.readerIndex() + Frames.PAYLOAD_OFFSET);
        }
    }

    /** A copy of what lies in [from, to), which are all bytes and no ends. */
    byte[] copy(long from, long to) {
        if (from == to) {
            return NONE; // so it is with most streams of a process, which stands still meanwhile
        }
        byte[] bytes = new byte[(int) (to - from)];
        ByteBuf frame = StreamFrames.emptyData(Journal.MAX_PAYLOAD_BYTES);
        for (long offset = from; offset < to; ) {
            int at = log.find(offset);
            int skip = (int) (offset - log.offset(at));
            int length = (int) Math.min(log.length(at) - skip, to - offset);
            read(at, frame);
            frame.getBytes(frame.readerIndex() + Frames.PAYLOAD_OFFSET + skip, bytes, (int) (offset - from), length);
            offset += length;
        }
        frame.release();
        return bytes;
    }

    private void hold(byte mark, int length, int place) {
        log.append(mark, length, indexOf(place));
        if (places++ == 0) {
            end.context().holders.add(this);
        }
        if (landing().scarce()) {
            end.context().holders.oldest().moveToJournal();
        }
    }

    private Landing landing() {
        return end.context().landing;
    }

    private Journal journal() {
        return end.context().journal;
    }

    private static long indexOf(int place) {
        return -place;
    }

    private static int placeOf(long index) {
        return (int) -index;
    }
}

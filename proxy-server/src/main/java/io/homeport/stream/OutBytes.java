package io.homeport.stream;

import io.homeport.journal.Journal;
import io.homeport.wire.Frames;
import io.netty.buffer.ByteBuf;

/** What an {@link OutLog} tells of, as it lies in the journal. Data loop. */
final class OutBytes {
    private final StreamEnd end;
    private final Journal journal;
    private final OutLog log;

    OutBytes(StreamEnd end, Journal journal, OutLog log) {
        this.end = end;
        this.journal = journal;
        this.log = log;
    }

    /** Goes on where the log ends; an end has no bytes. */
    void append(byte mark, long address, int length) {
        long index = journal.append(end.id(), end.direction(), mark, log.end(), address, length);
        log.append(mark, Mark.isEnd(mark) ? 1 : length, index);
    }

    /** The bytes of the log's item {@code at}, into a frame that has room for them. @return how many */
    int read(int at, ByteBuf frame) {
        return journal.read(log.journalIndex(at), StreamFrames.payloadAddress(frame), log.length(at));
    }

    /** A copy of what lies in [from, to), which are all bytes and no ends. */
    byte[] copy(long from, long to) {
        byte[] bytes = new byte[(int) (to - from)];
        ByteBuf frame = StreamFrames.emptyData(Journal.MAX_PAYLOAD_BYTES);
        for (long offset = from; offset < to; ) {
            int at = log.find(offset);
            int skip = (int) (offset - log.offset(at));
            int length = read(at, frame) - skip;
            frame.getBytes(frame.readerIndex() + Frames.PAYLOAD_OFFSET + skip, bytes, (int) (offset - from), length);
            offset += length;
        }
        frame.release();
        return bytes;
    }

    /** Writes all of it again, to the journal's end, and then releases it where it was. */
    void rewrite(OutLog.Release release) {
        ByteBuf frame = StreamFrames.emptyData(Journal.MAX_PAYLOAD_BYTES);
        long address = StreamFrames.payloadAddress(frame);
        log.rewrite((index, mark, offset) -> {
            int length = journal.read(index, address, Journal.MAX_PAYLOAD_BYTES);
            return journal.append(end.id(), end.direction(), mark, offset, address, length);
        }, release);
        frame.release();
    }
}

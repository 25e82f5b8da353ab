package io.homeport.estate;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;

/**
 * Reads the journal of a daemon that was killed, in the order in which it was written.
 *
 * <p>Not by Chronicle: its queue would wait for the record that was being written when the process died, and for the lock that it
 * held. The files are a plain sequence of documents, each behind four bytes: bit 31 not complete, bit 30 not data, the others its
 * length; documents begin at multiples of four (Chronicle Wire, "wire framing"). A record is laid out as {@code journal.Journal} says.
 */
final class OldJournal {
    private static final int INCOMPLETE = 0x8000_0000;
    private static final int NOT_DATA = 0x4000_0000;
    private static final int LENGTH = 0x3fff_ffff;
    private static final int ALIGNMENT = 4;
    private static final int RECORD_HEADER_BYTES = 24;

    private OldJournal() {}

    /** Hears of one record; {@code address} holds its payload until this returns. */
    interface Reader {
        void record(long id, byte direction, byte mark, long offset, long address, int length);
    }

    static void read(Path dir, Reader reader) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(dir, "*.cq4")) {
            all.forEach(files::add);
        }
        files.sort(null); // named by cycle, all of one length
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                long size = Math.min(channel.size(), Integer.MAX_VALUE);
                MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
                scan((MappedByteBuffer) bytes.order(ByteOrder.LITTLE_ENDIAN), reader);
            }
        }
    }

    private static void scan(MappedByteBuffer bytes, Reader reader) {
        long address = BufferUtil.address(bytes);
        int at = 0;
        while (at + ALIGNMENT <= bytes.capacity()) {
            int header = bytes.getInt(at);
            if (header == 0 || (header & INCOMPLETE) != 0) {
                return;
            }
            int body = at + ALIGNMENT;
            int length = header & LENGTH;
            if ((header & NOT_DATA) == 0 && length >= RECORD_HEADER_BYTES) {
                reader.record(bytes.getLong(body), bytes.get(body + 16), bytes.get(body + 17), bytes.getLong(body + 8),
                        address + body + RECORD_HEADER_BYTES, bytes.getInt(body + 20));
            }
            at = body + (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }
}

package io.homeport.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Tells two builds of a file apart without reading all of it: CRC-32C of its first 64 KiB (an ELF file's build id lies there)
 * and of its last 256 KiB (a jar's directory, with the checksum of each entry, ends it).
 */
final class Fingerprint {
    private static final int HEAD_BYTES = 64 << 10;
    private static final int TAIL_BYTES = 256 << 10;

    private Fingerprint() {}

    /** Never 0, which means "not compared". */
    static long of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            long head = crc(channel, 0, (int) Math.min(size, HEAD_BYTES));
            int tail = (int) Math.min(size, TAIL_BYTES);
            return head << 32 | crc(channel, size - tail, tail) | 1;
        }
    }

    private static long crc(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
            continue;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.flip());
        return crc.getValue();
    }
}

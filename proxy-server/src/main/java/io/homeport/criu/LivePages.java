package io.homeport.criu;

import io.homeport.posix.Pages;
import io.homeport.posix.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Pages of a stopped process where they are. */
final class LivePages implements PageSource, Closeable {
    private static final int PIECE_BYTES = 1 << 20;

    private final int pid;
    private final int fd;
    private final FileChannel memory;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);

    LivePages(int pid) throws IOException {
        Path file = Path.of("/proc/" + pid + "/mem");
        this.pid = pid;
        memory = FileChannel.open(file, StandardOpenOption.READ);
        fd = DumpedPages.open(file);
    }

    @Override
    public void compare(long address, int pages, int other, long otherOffset, byte[] differsOut) throws IOException {
        Posix.check(Pages.compareMemory(pid, fd, address, other, otherOffset, pages, differsOut), "comparing memory with what has gone ahead");
    }

    @Override
    public void copy(long address, long pages, FileChannel out) throws IOException {
        long end = address + pages * Pages.BYTES;
        for (long at = address; at < end; at += piece.limit()) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, end - at));
            while (piece.hasRemaining()) {
                if (memory.read(piece, at + piece.position()) <= 0) {
                    throw new IOException("process " + pid + " has no memory any more at " + Long.toHexString(at + piece.position()));
                }
            }
            piece.flip();
            while (piece.hasRemaining()) {
                out.write(piece);
            }
        }
    }

    @Override
    public void skip(long pages) {}

    @Override
    public void close() throws IOException {
        Posix.close(fd);
        memory.close();
    }
}

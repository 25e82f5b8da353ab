package io.homeport.criu;

import io.homeport.posix.Pages;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Pages of a stopped process where they are, compared already. */
final class LivePages implements PageSource, Closeable {
    private static final int PIECE_BYTES = 1 << 20;

    private final int pid;
    private final Changes changes;
    private final FileChannel memory;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);

    LivePages(int pid, Changes changes) throws IOException {
        this.pid = pid;
        this.changes = changes;
        memory = FileChannel.open(Path.of("/proc/" + pid + "/mem"), StandardOpenOption.READ);
    }

    @Override
    public void compare(long address, int pages, int aheadFd, long aheadOffset, byte[] differsOut) {
        changes.copyTo(differsOut, Math.toIntExact(aheadOffset / Pages.BYTES), pages);
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
        memory.close();
    }
}

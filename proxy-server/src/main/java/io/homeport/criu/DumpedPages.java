package io.homeport.criu;

import io.homeport.posix.Linux;
import io.homeport.posix.Pages;
import io.homeport.posix.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Pages in CRIU's pages image, one after the other, whatever their addresses. May be unlinked while this is open. */
final class DumpedPages implements PageSource, Closeable {
    private final Changes changes;
    private final FileChannel file;
    private final int fd;
    private long offset;

    DumpedPages(Path pages, Changes changes) throws IOException {
        this.changes = changes;
        file = FileChannel.open(pages, StandardOpenOption.READ);
        fd = open(pages);
    }

    /** For native code, which closes it by Posix. */
    static int open(Path file) throws IOException {
        byte[] path = (file + "\0").getBytes(StandardCharsets.UTF_8);
        return Posix.check(Posix.open(path, Linux.O_RDONLY | Linux.O_CLOEXEC), "opening " + file);
    }

    @Override
    public void compare(long address, int pages, int aheadFd, long aheadOffset, byte[] differsOut) throws IOException {
        changes.copyTo(differsOut, Math.toIntExact(aheadOffset / Pages.BYTES), pages);
        for (int from = 0; from < pages; ) {
            int to = Difference.endOfEqual(differsOut, from, pages);
            if (differsOut[from] != 0) {
                compare(from, to - from, aheadFd, aheadOffset, differsOut);
            }
            from = to;
        }
    }

    /** Of pages that may have changed: what was written to may be what it was. */
    private void compare(int first, int count, int aheadFd, long aheadOffset, byte[] differsOut) throws IOException {
        byte[] differs = new byte[count];
        long skipped = (long) first * Pages.BYTES;
        Posix.check(
                Pages.compare(fd, offset + skipped, aheadFd, aheadOffset + skipped, count, differs),
                "comparing the images with what has gone ahead");
        System.arraycopy(differs, 0, differsOut, first, count);
    }

    @Override
    public void copy(long address, long pages, FileChannel out) throws IOException {
        for (long left = pages * Pages.BYTES; left > 0; ) {
            long copied = file.transferTo(offset, left, out);
            if (copied <= 0) {
                throw new IOException("the images hold fewer pages than their pagemap says");
            }
            offset += copied;
            left -= copied;
        }
    }

    @Override
    public void skip(long pages) {
        offset += pages * Pages.BYTES;
    }

    @Override
    public void close() throws IOException {
        Posix.close(fd);
        file.close();
    }
}

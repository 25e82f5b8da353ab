package io.homeport.criu;

import io.homeport.posix.Linux;
import io.homeport.posix.Pages;
import io.homeport.posix.Posix;
import io.homeport.process.ProcessStatus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a process, copied while it runs: what has not changed when it is dumped need not be sent then.
 *
 * <pre>
 *   runs     {@link #copy}      ahead/   pagemap, pages: most of it, each page as it was at some moment
 *   stopped  criu dump          images/  pagemap, pages: all of it
 *            {@link #leaveOut}  images/  pagemap, pages: those that differ; the pagemap names ahead/ for the others
 *   there    {@link #join}      images/parent -> ahead/, where CRIU looks for them, as after criu pre-dump
 * </pre>
 *
 * <p>CRIU's own pre-dump needs a kernel that marks pages as they are written to (CONFIG_MEM_SOFT_DIRTY), which Debian's does not. Here every page is
 * compared, so whatever the copy missed is in the images. Used and closed by one thread.
 */
public final class MemoryAhead implements Closeable {
    /** The link by which CRIU finds the images before (criu/include/image.h, CR_PARENT_LINK). */
    private static final String PARENT_LINK = "parent";

    private static final int PAGES_ID = 1;

    /** The file in the directory ahead that holds the pages, and nearly all bytes. */
    public static final String PAGES = "pages-" + PAGES_ID + ".img";

    /** Compared by one call: 64 MB. */
    private static final int MOST_PAGES = 1 << 14;

    /** Fewer equal pages between others are not worth a run of their own: CRIU takes each run by itself. */
    private static final int LEAST_RUN_PAGES = 8;

    private final int rootPid;
    private final Path directory;
    private final Pagemap pagemap;
    private FileChannel whole;

    private MemoryAhead(int rootPid, Path directory, Pagemap pagemap) {
        this.rootPid = rootPid;
        this.directory = directory;
        this.pagemap = pagemap;
    }

    /**
     * Copies what CRIU would dump: the pages of private mappings that are the process's own.
     *
     * @param directory is made
     */
    public static MemoryAhead copy(int pid, Path directory) throws IOException {
        Files.createDirectory(directory);
        int rootPid = ProcessStatus.read(pid).innermostPid();
        try (MemoryCopy copy = new MemoryCopy(pid, directory.resolve(PAGES))) {
            for (String mapping : Files.readAllLines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)) {
                copy.take(mapping);
            }
            Pagemap pagemap = new Pagemap(PAGES_ID, copy.runs());
            pagemap.write(Pagemap.file(directory, rootPid));
            return new MemoryAhead(rootPid, directory, pagemap);
        }
    }

    public long bytes() {
        return pagemap.runs().stream().mapToLong(run -> run.pages() * Pages.BYTES).sum();
    }

    /**
     * Makes the images of a dump of this process a supplement to what has gone ahead. The room that they took is free after {@link #close}.
     *
     * @return the bytes of memory that are left in them
     */
    public long leaveOut(Path imageDir) throws IOException {
        Path file = Pagemap.file(imageDir, rootPid);
        Pagemap dumped = Pagemap.read(file);
        Path pages = dumped.pages(imageDir);
        whole = FileChannel.open(pages, StandardOpenOption.READ);
        int wholeFd = open(pages);
        int aheadFd = open(directory.resolve(PAGES));
        Files.delete(pages);
        try (FileChannel out = FileChannel.open(pages, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            new Difference(wholeFd, aheadFd, out).writeTo(file, dumped);
            return out.size();
        } finally {
            Posix.close(wholeFd);
            Posix.close(aheadFd);
        }
    }

    /** Lets CRIU find, beside images that are a supplement, what had gone ahead. Nothing if they are whole. */
    public static void join(Path imageDir, Path directory) throws IOException {
        Path link = imageDir.resolve(PARENT_LINK);
        if (Files.isDirectory(directory) && Files.notExists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, directory.toAbsolutePath());
        }
    }

    @Override
    public void close() throws IOException {
        if (whole != null) {
            whole.close();
        }
    }

    private static int open(Path file) throws IOException {
        byte[] path = (file + "\0").getBytes(StandardCharsets.UTF_8);
        return Posix.check(Posix.open(path, Linux.O_RDONLY | Linux.O_CLOEXEC), "opening " + file);
    }

    /** One walk over both pagemaps: of what is in both the equal pages are left to the images ahead, all others are copied. */
    private final class Difference {
        private final int wholeFd;
        private final int aheadFd;
        private final FileChannel out;
        private final List<Pagemap.Run> runs = new ArrayList<>();
        private final byte[] differs = new byte[MOST_PAGES];
        private long wholeOffset;
        private int aheadAt;
        private long aheadOffset;

        Difference(int wholeFd, int aheadFd, FileChannel out) {
            this.wholeFd = wholeFd;
            this.aheadFd = aheadFd;
            this.out = out;
        }

        void writeTo(Path file, Pagemap dumped) throws IOException {
            for (Pagemap.Run run : dumped.runs()) {
                if (run.is(Pagemap.PRESENT)) {
                    for (long address = run.address(); address < run.end(); ) {
                        address += step(address, run);
                    }
                } else {
                    runs.add(run);
                }
            }
            new Pagemap(dumped.pagesId(), runs).write(file);
        }

        /** Takes what follows in a run, as far as it is the same case. @return its bytes */
        private long step(long address, Pagemap.Run run) throws IOException {
            Pagemap.Run ahead = aheadFrom(address);
            long end = Math.min(run.end(), address + (long) MOST_PAGES * Pages.BYTES);
            if (ahead == null || ahead.address() >= end) {
                take(address, (end - address) / Pages.BYTES, run.flags());
            } else if (ahead.address() > address) {
                end = ahead.address();
                take(address, (end - address) / Pages.BYTES, run.flags());
            } else {
                end = Math.min(end, ahead.end());
                compare(address, (int) ((end - address) / Pages.BYTES), aheadOffset + address - ahead.address(), run.flags());
            }
            return end - address;
        }

        /** The first run ahead that ends behind an address. */
        private Pagemap.Run aheadFrom(long address) {
            List<Pagemap.Run> all = pagemap.runs();
            while (aheadAt < all.size() && all.get(aheadAt).end() <= address) {
                aheadOffset += all.get(aheadAt++).pages() * Pages.BYTES;
            }
            return aheadAt < all.size() ? all.get(aheadAt) : null;
        }

        private void compare(long address, int pages, long offset, int flags) throws IOException {
            int different = Pages.compare(wholeFd, wholeOffset, aheadFd, offset, pages, differs);
            if (different < 0) {
                Posix.check(different, "comparing the images with what has gone ahead");
            }
            for (int from = 0; from < pages; ) {
                int to = endOfCase(from, pages);
                if (differs[from] != 0) {
                    take(address + (long) from * Pages.BYTES, to - from, flags);
                } else {
                    add(address + (long) from * Pages.BYTES, to - from, flags & ~Pagemap.PRESENT | Pagemap.IN_PARENT);
                    wholeOffset += (long) (to - from) * Pages.BYTES;
                }
                from = to;
            }
        }

        /** How far the pages differ, or are equal, as the first does; a few equal ones between others count as different. */
        private int endOfCase(int from, int pages) {
            int to = from;
            while (to < pages && differs[to] == differs[from]) {
                to++;
            }
            if (differs[from] == 0 || to == pages) {
                return to;
            }
            int next = to;
            while (next < pages && next - to < LEAST_RUN_PAGES && differs[next] == 0) {
                next++;
            }
            return next < pages && differs[next] != 0 ? endOfCase(next, pages) : to;
        }

        /** Copies pages that the images must hold. */
        private void take(long address, long pages, int flags) throws IOException {
            add(address, pages, flags);
            for (long left = pages * Pages.BYTES; left > 0; ) {
                long copied = whole.transferTo(wholeOffset, left, out);
                if (copied <= 0) {
                    throw new IOException("the images hold fewer pages than their pagemap says");
                }
                wholeOffset += copied;
                left -= copied;
            }
        }

        private void add(long address, long pages, int flags) {
            Pagemap.Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.end() == address && last.flags() == flags) {
                runs.set(runs.size() - 1, new Pagemap.Run(last.address(), last.pages() + pages, flags));
            } else {
                runs.add(new Pagemap.Run(address, pages, flags));
            }
        }
    }
}

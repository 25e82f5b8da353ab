package io.homeport.criu;

import io.homeport.posix.Pages;
import io.homeport.posix.Posix;
import io.homeport.process.Mapping;
import io.homeport.process.ProcessStatus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The memory of a process, copied while it runs: what has not changed when it is dumped need not be sent then.
 *
 * <pre>
 *   runs     {@link #copy}        ahead/   pagemap, pages: most of it, each page as it was at some moment
 *   stopped  {@link #findChanges}
 *            criu dump            images/  pagemap: all of it; pages: what is not anonymous, or all
 *            {@link #supplement}  images/  pagemap, pages: those that differ; the pagemap names ahead/ for the others
 *   there    {@link #join}        images/parent -> ahead/, where CRIU looks for them, as after criu pre-dump
 * </pre>
 *
 * <p>CRIU's own pre-dump needs a kernel that marks pages as they are written to (CONFIG_MEM_SOFT_DIRTY), which Debian's does not. Here a
 * {@link WriteWatch} tells what was written to since it was copied; without one every page is compared. Used and closed by one thread.
 */
public final class MemoryAhead implements Closeable {
    /** The link by which CRIU finds the images before (criu/include/image.h, CR_PARENT_LINK). */
    static final String PARENT_LINK = "parent";

    private static final int PAGES_ID = 1;

    /** The file in the directory ahead that holds the pages, and nearly all bytes. */
    public static final String PAGES = "pages-" + PAGES_ID + ".img";

    private final int pid;
    private final int rootPid;
    private final Path directory;
    private final Pagemap pagemap;
    private final WriteWatch watch;
    private DumpedPages dumped;
    private Changes changes;

    private MemoryAhead(int pid, Path directory, WriteWatch watch) throws IOException {
        this.pid = pid;
        this.rootPid = ProcessStatus.read(pid).innermostPid();
        this.directory = directory;
        this.watch = watch;
        try (MemoryCopy copy = new MemoryCopy(pid, directory.resolve(PAGES))) {
            for (Mapping mapping : Mapping.readAll(pid)) {
                if (mapping.isReadablePrivate()) {
                    copy.take(mapping);
                }
            }
            pagemap = new Pagemap(PAGES_ID, copy.runs());
            pagemap.write(Pagemap.file(directory, rootPid));
        }
    }

    /**
     * Copies what CRIU would dump: the pages of private mappings that are the process's own.
     *
     * @param directory is made
     * @param watch of that process, begun before; closed with what this answers, or if this fails. Null: there is none
     */
    public static MemoryAhead copy(int pid, Path directory, WriteWatch watch) throws IOException {
        try {
            Files.createDirectory(directory);
            return new MemoryAhead(pid, directory, watch);
        } catch (IOException e) {
            if (watch != null) {
                watch.close();
            }
            throw e;
        }
    }

    public long bytes() {
        return pagemap.runs().stream().mapToLong(run -> run.pages() * Pages.BYTES).sum();
    }

    /** From now on the process stands still until {@link #supplement}: finds what has changed, or begins to compare, beside CRIU. */
    public void findChanges() throws IOException {
        changes = watch != null
                ? new WatchedChanges(pagemap.runs(), watch.untouched())
                : Comparison.begin(pid, pagemap.runs(), directory.resolve(PAGES));
    }

    /**
     * Makes the images of a dump of this process, which is still stopped, a supplement to what has gone ahead: out goes what they have in common,
     * in comes what the dump has left in the process. The room of what goes is free after {@link #close}.
     *
     * @return the bytes of memory that are in them now
     */
    public long supplement(Path imageDir) throws IOException {
        if (changes == null) {
            findChanges();
        }
        changes.await();
        Path file = Pagemap.file(imageDir, rootPid);
        Pagemap all = Pagemap.read(file);
        Path pages = all.pages(imageDir);
        dumped = new DumpedPages(pages, watch == null ? Changes.UNKNOWN : changes);
        Files.delete(pages);
        int aheadFd = DumpedPages.open(directory.resolve(PAGES));
        try (LivePages live = new LivePages(pid, changes);
                FileChannel out = FileChannel.open(pages, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Difference difference = new Difference(pagemap.runs(), aheadFd, out);
            for (Pagemap.Run run : all.runs()) {
                difference.take(run, run.is(Pagemap.PRESENT) ? dumped : live);
            }
            new Pagemap(all.pagesId(), difference.runs()).write(file);
            return out.size();
        } finally {
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
        if (changes != null) {
            changes.close();
        }
        if (watch != null) {
            watch.close();
        }
        if (dumped != null) {
            dumped.close();
        }
    }
}

package io.homeport.criu;

import io.homeport.posix.Pages;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * One walk over two pagemaps by rising addresses: of what is in both, the equal pages are left to the images ahead, all others are copied. Used by one
 * thread.
 */
final class Difference {
    /** Compared by one call: 64 MB. */
    private static final int MOST_PAGES = 1 << 14;

    /** Fewer equal pages between others are not worth a run of their own: CRIU takes each run by itself. */
    private static final int LEAST_RUN_PAGES = 8;

    private final List<Pagemap.Run> ahead;
    private final int aheadFd;
    private final FileChannel out;
    private final List<Pagemap.Run> runs = new ArrayList<>();
    private final byte[] differs = new byte[MOST_PAGES];
    private int aheadAt;
    private long aheadOffset;

    /** @param aheadFd with the pages of {@code ahead}, one run after the other */
    Difference(List<Pagemap.Run> ahead, int aheadFd, FileChannel out) {
        this.ahead = ahead;
        this.aheadFd = aheadFd;
        this.out = out;
    }

    /** Takes the next run of what was dumped. */
    void take(Pagemap.Run run, PageSource source) throws IOException {
        for (long address = run.address(); address < run.end(); ) {
            address += step(address, run, source);
        }
    }

    /** What is left of all that was taken. */
    List<Pagemap.Run> runs() {
        return runs;
    }

    /** Takes what follows in a run, as far as it is the same case. @return its bytes */
    private long step(long address, Pagemap.Run run, PageSource source) throws IOException {
        Pagemap.Run before = aheadFrom(address);
        long end = Math.min(run.end(), address + (long) MOST_PAGES * Pages.BYTES);
        if (before == null || before.address() >= end) {
            keep(address, (end - address) / Pages.BYTES, run.flags(), source);
        } else if (before.address() > address) {
            end = before.address();
            keep(address, (end - address) / Pages.BYTES, run.flags(), source);
        } else {
            end = Math.min(end, before.end());
            compare(address, (int) ((end - address) / Pages.BYTES), aheadOffset + address - before.address(), run.flags(), source);
        }
        return end - address;
    }

    /** The first run ahead that ends behind an address. */
    private Pagemap.Run aheadFrom(long address) {
        while (aheadAt < ahead.size() && ahead.get(aheadAt).end() <= address) {
            aheadOffset += ahead.get(aheadAt++).pages() * Pages.BYTES;
        }
        return aheadAt < ahead.size() ? ahead.get(aheadAt) : null;
    }

    private void compare(long address, int pages, long offset, int flags, PageSource source) throws IOException {
        source.compare(address, pages, aheadFd, offset, differs);
        for (int from = 0; from < pages; ) {
            int to = endOfCase(from, pages);
            if (differs[from] != 0) {
                keep(address + (long) from * Pages.BYTES, to - from, flags, source);
            } else {
                add(address + (long) from * Pages.BYTES, to - from, flags & ~Pagemap.PRESENT | Pagemap.IN_PARENT);
                source.skip(to - from);
            }
            from = to;
        }
    }

    /** How far the pages differ, or are equal, as the first does; a few equal ones between others count as different. */
    private int endOfCase(int from, int pages) {
        int to = endOfEqual(differs, from, pages);
        if (differs[from] == 0 || to == pages) {
            return to;
        }
        int next = to;
        while (next < pages && next - to < LEAST_RUN_PAGES && differs[next] == 0) {
            next++;
        }
        return next < pages && differs[next] != 0 ? endOfCase(next, pages) : to;
    }

    /** Behind those from {@code from} on, of the first {@code pages}, of which the same is said. */
    static int endOfEqual(byte[] differs, int from, int pages) {
        int to = from;
        while (to < pages && differs[to] == differs[from]) {
            to++;
        }
        return to;
    }

    /** Copies pages that the images must hold. */
    private void keep(long address, long pages, int flags, PageSource source) throws IOException {
        add(address, pages, flags | Pagemap.PRESENT);
        source.copy(address, pages, out);
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

package io.homeport.criu;

import io.homeport.posix.Pages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the pager finds the memory that a process gets when it runs already: {@code pager.map} among the images. The names of two files with
 * pages, a line each, then for each stretch four 64-bit numbers, little-endian: address, bytes, which file, offset there.
 */
final class PagerMap {
    private static final int RECORD_BYTES = 4 * Long.BYTES;

    private final Path imageDir;
    private final Pagemap images;
    private final Pagemap ahead;
    private final List<long[]> stretches = new ArrayList<>();

    private PagerMap(Path imageDir, Pagemap images, Pagemap ahead) {
        this.imageDir = imageDir;
        this.images = images;
        this.ahead = ahead;
    }

    /** Of the images of one process, and of those that their {@code parent} links to. @param pid its number for itself */
    static PagerMap of(Path imageDir, int pid) throws IOException {
        Path aheadDir = imageDir.resolve(MemoryAhead.PARENT_LINK);
        Pagemap images = Pagemap.read(Pagemap.file(imageDir, pid));
        Pagemap ahead = Files.exists(aheadDir) ? Pagemap.read(Pagemap.file(aheadDir, pid)) : new Pagemap(0, List.of());
        PagerMap map = new PagerMap(imageDir, images, ahead);
        long offset = 0;
        Ahead before = map.new Ahead();
        for (Pagemap.Run run : images.runs()) {
            long bytes = run.pages() * Pages.BYTES;
            if (run.is(Pagemap.LAZY)) {
                if (run.is(Pagemap.PRESENT)) {
                    map.stretches.add(new long[] {run.address(), bytes, 0, offset});
                } else {
                    before.add(run);
                }
            }
            offset += run.is(Pagemap.PRESENT) ? bytes : 0;
        }
        return map;
    }

    /** The memory in it. */
    long bytes() {
        return stretches.stream().mapToLong(stretch -> stretch[1]).sum();
    }

    void write() throws IOException {
        Path pages = images.pages(Path.of(""));
        Path other = ahead.runs().isEmpty() ? pages : ahead.pages(Path.of(MemoryAhead.PARENT_LINK));
        byte[] names = (pages + "\n" + other + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(names.length + stretches.size() * RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(names);
        for (long[] stretch : stretches) {
            for (long number : stretch) {
                out.putLong(number);
            }
        }
        Files.write(imageDir.resolve("pager.map"), out.array());
    }

    /** A walk over what has gone ahead, by rising addresses. */
    private final class Ahead {
        private int at;
        private long offset;

        void add(Pagemap.Run wanted) throws IOException {
            for (long address = wanted.address(); address < wanted.end(); ) {
                while (at < ahead.runs().size() && ahead.runs().get(at).end() <= address) {
                    offset += ahead.runs().get(at++).pages() * Pages.BYTES;
                }
                if (at == ahead.runs().size() || ahead.runs().get(at).address() > address) {
                    throw new IOException("the memory at " + Long.toHexString(address) + " is neither in " + imageDir + " nor ahead of it");
                }
                Pagemap.Run run = ahead.runs().get(at);
                long end = Math.min(run.end(), wanted.end());
                stretches.add(new long[] {address, end - address, 1, offset + address - run.address()});
                address = end;
            }
        }
    }
}

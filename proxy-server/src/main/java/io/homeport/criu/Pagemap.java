package io.homeport.criu;

import io.homeport.posix.Pages;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CRIU's {@code pagemap} image of one process: which of its pages lie, one after the other, in a pages image. Two 32-bit magics, then
 * messages, each behind its 32-bit size: a head, and an entry for each run of pages (criu images/pagemap.proto, criu/image.c).
 *
 * @param pagesId the number in the pages image's name
 * @param runs by rising addresses
 */
record Pagemap(int pagesId, List<Run> runs) {
    /** The pages are in the images of the directory {@code parent} (criu/include/pagemap.h, PE_PARENT). */
    static final int IN_PARENT = 1;
    /** They may be restored while the process runs already (PE_LAZY): anonymous memory. */
    static final int LAZY = 1 << 1;
    /** They are in this image's pages (PE_PRESENT). */
    static final int PRESENT = 1 << 2;

    /** criu/include/magic.h: IMG_COMMON_MAGIC (Sarov) and PAGEMAP_MAGIC (Vladimir). */
    private static final int COMMON_MAGIC = 0x54564319;

    private static final int PAGEMAP_MAGIC = 0x56084025;

    /** Numbers of the fields, which are all varints. */
    private static final int HEAD_PAGES_ID = 1;

    private static final int ADDRESS = 1;
    private static final int COMPAT_PAGES = 2;
    private static final int FLAGS = 4;
    private static final int PAGES = 5;
    private static final int FIELDS = 6;

    private static final int MOST_MESSAGE_BYTES = 64;

    /** @param flags PE_ bits of criu/include/pagemap.h */
    record Run(long address, long pages, int flags) {
        long end() {
            return address + pages * Pages.BYTES;
        }

        boolean is(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** The image of a process in a directory. @param pid its number for itself */
    static Path file(Path imageDir, int pid) {
        return imageDir.resolve("pagemap-" + pid + ".img");
    }

    /** The image with the pages, in the same directory. CRIU counts them as it comes to them: those of shared memory may be the first. */
    Path pages(Path imageDir) {
        return imageDir.resolve("pages-" + pagesId + ".img");
    }

    /** @throws IOException if it is missing or not such a file */
    static Pagemap read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (in.getInt() != COMMON_MAGIC || in.getInt() != PAGEMAP_MAGIC) {
                throw new IOException(file + " is not CRIU's pagemap");
            }
            int pagesId = (int) message(in)[HEAD_PAGES_ID];
            List<Run> runs = new ArrayList<>();
            while (in.hasRemaining()) {
                long[] entry = message(in);
                runs.add(new Run(entry[ADDRESS], entry[PAGES] != 0 ? entry[PAGES] : entry[COMPAT_PAGES], (int) entry[FLAGS]));
            }
            return new Pagemap(pagesId, runs);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException cut) {
            throw new IOException(file + " is cut off", cut);
        }
    }

    /** In place of what is there. */
    void write(Path file) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(MOST_MESSAGE_BYTES * (2 + runs.size())).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(COMMON_MAGIC).putInt(PAGEMAP_MAGIC);
        message(out, HEAD_PAGES_ID, pagesId);
        for (Run run : runs) {
            // CRIU before 4.2 knows the shorter number only, later ones want it to be there.
            message(out, ADDRESS, run.address, COMPAT_PAGES, (int) run.pages, FLAGS, run.flags, PAGES, run.pages);
        }
        Files.write(file, Arrays.copyOf(out.array(), out.position()));
    }

    private static long[] message(ByteBuffer in) {
        int length = in.getInt();
        ByteBuffer message = in.slice(in.position(), length);
        in.position(in.position() + length);
        long[] fields = new long[FIELDS];
        while (message.hasRemaining()) {
            int field = (int) Protobuf.varint(message) >>> Protobuf.FIELD_SHIFT;
            fields[field] = Protobuf.varint(message);
        }
        return fields;
    }

    private static void message(ByteBuffer out, long... fieldsAndValues) {
        int sizeAt = out.position();
        out.putInt(0);
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            Protobuf.putVarint(out, fieldsAndValues[i] << Protobuf.FIELD_SHIFT);
            Protobuf.putVarint(out, fieldsAndValues[i + 1]);
        }
        out.putInt(sizeAt, out.position() - sizeAt - Integer.BYTES);
    }
}

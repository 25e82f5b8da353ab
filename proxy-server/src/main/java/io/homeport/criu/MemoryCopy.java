package io.homeport.criu;

import io.homeport.posix.Pages;
import io.homeport.process.Mapping;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Copies the pages of a process that runs, one after the other, into a file. Used and closed by one thread. */
final class MemoryCopy implements Closeable {
    /** proc_pid_pagemap(5): in RAM, in swap, and of a file or shared. */
    private static final long PRESENT = 1L << 63;

    private static final long SWAPPED = 1L << 62;
    private static final long OF_FILE = 1L << 61;

    private static final int PIECE_BYTES = 1 << 20;

    private final FileChannel memory;
    private final FileChannel pagemap;
    private final FileChannel out;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    private final ByteBuffer marks = ByteBuffer.allocateDirect(PIECE_BYTES / Pages.BYTES * Long.BYTES).order(ByteOrder.nativeOrder());
    private final List<Pagemap.Run> runs = new ArrayList<>();
    private long takenTo;

    MemoryCopy(int pid, Path file) throws IOException {
        memory = FileChannel.open(Path.of("/proc/" + pid + "/mem"), StandardOpenOption.READ);
        pagemap = FileChannel.open(Path.of("/proc/" + pid + "/pagemap"), StandardOpenOption.READ);
        out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Copies the pages of a mapping that are the process's own. Those of a process that runs may overlap: they are not read at one moment. */
    void take(Mapping mapping) throws IOException {
        for (long address = Math.max(mapping.start(), takenTo); address < mapping.end(); address += PIECE_BYTES) {
            int count = (int) Math.min(PIECE_BYTES, mapping.end() - address) / Pages.BYTES;
            pagemap.read(marks.clear().limit(count * Long.BYTES), address / Pages.BYTES * Long.BYTES);
            takePiece(address, marks.position() / Long.BYTES);
        }
        takenTo = Math.max(mapping.end(), takenTo);
    }

    List<Pagemap.Run> runs() {
        return runs;
    }

    @Override
    public void close() throws IOException {
        memory.close();
        pagemap.close();
        out.close();
    }

    private void takePiece(long address, int count) throws IOException {
        for (int from = 0; from < count; from++) {
            int to = from;
            while (to < count && isOwn(marks.getLong(to * Long.BYTES))) {
                to++;
            }
            if (to > from) {
                copy(address + (long) from * Pages.BYTES, to - from);
                from = to;
            }
        }
    }

    private static boolean isOwn(long mark) {
        return (mark & (PRESENT | SWAPPED)) != 0 && (mark & OF_FILE) == 0;
    }

    /** What the process has unmapped meanwhile can't be read, and need not be. */
    private void copy(long address, int count) throws IOException {
        piece.clear().limit(count * Pages.BYTES);
        try {
            while (piece.hasRemaining() && memory.read(piece, address + piece.position()) > 0) {
                continue;
            }
        } catch (IOException unmapped) {
            // What was read until then stays.
        }
        int pages = piece.position() / Pages.BYTES;
        piece.flip().limit(pages * Pages.BYTES);
        while (piece.hasRemaining()) {
            out.write(piece);
        }
        if (pages > 0) {
            runs.add(new Pagemap.Run(address, pages, Pagemap.PRESENT));
        }
    }
}

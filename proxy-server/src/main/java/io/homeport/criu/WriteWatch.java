package io.homeport.criu;

import io.homeport.posix.Errno;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.posix.WriteTracking;
import io.homeport.process.Device;
import io.homeport.process.Mapping;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Watches which pages a process writes to, by the kernel's asynchronous write protection ({@link WriteTracking}).
 *
 * <pre>
 *   {@link #begin}       all private memory is protected; every thread stops once and goes on
 *   ...          whoever reads a page now has what it is, or will be told of the write
 *   {@link #untouched}   the process is stopped
 * </pre>
 *
 * <p>The stop is for direct I/O. A system call that began before a page was protected has the page pinned, and what the disk writes into it is not
 * seen. A thread that stops is in no system call; a later one finds the protection (mm/gup.c: FOLL_WRITE faults). Asynchronous I/O and devices
 * go on while threads stand still: a process that has any is not watched.
 *
 * <p>Mappings made since {@link #begin}, also those moved by mremap(2), are not watched, and their pages not told as untouched. Used and closed by one
 * thread. The end of the daemon ends the watch, too.
 */
public final class WriteWatch implements Closeable {
    /** As many as the kernel's own buffer holds: after a fuller answer the address up to which it has walked is too low (do_pagemap_scan). */
    private static final int ROOM = 512;

    private final int pid;
    private final int uffd;
    private final int pagemap;
    private final ByteBuffer regions = ByteBuffer.allocateDirect(ROOM * WriteTracking.REGION_BYTES).order(ByteOrder.nativeOrder());
    private final List<Range> untouched = new ArrayList<>();

    /** Addresses from {@code start} to before {@code end}. */
    record Range(long start, long end) {}

    private WriteWatch(int pid, int uffd, int pagemap) {
        this.pid = pid;
        this.uffd = uffd;
        this.pagemap = pagemap;
    }

    /**
     * Begins to watch a process that runs and is no child of this one (its threads are stopped by ptrace).
     *
     * @param uffd a userfaultfd of its memory that nobody has used; is closed with this, or if this fails
     * @throws IOException if that can't be here; nothing has changed then
     */
    public static WriteWatch begin(int pid, int uffd) throws IOException {
        int pagemap = -1;
        try {
            Posix.check(WriteTracking.enable(uffd), "asynchronous write protection (needs Linux 6.7)");
            pagemap = DumpedPages.open(Path.of("/proc/" + pid + "/pagemap"));
            WriteWatch watch = new WriteWatch(pid, uffd, pagemap);
            watch.protect();
            watch.outlastDirectInput();
            return watch;
        } catch (IOException e) {
            Posix.close(uffd);
            Posix.close(pagemap);
            throw e;
        }
    }

    /** Of a process that is stopped: the private memory that is what it was when it was protected, by rising addresses; holes are among it. */
    List<Range> untouched() throws IOException {
        untouched.clear();
        for (Mapping mapping : Mapping.readAll(pid)) {
            if (mapping.isReadablePrivate()) {
                look(mapping);
            }
        }
        return untouched;
    }

    @Override
    public void close() {
        Posix.close(uffd);
        Posix.close(pagemap);
    }

    private void protect() throws IOException {
        for (Mapping mapping : Mapping.readAll(pid)) {
            if (mapping.isReadablePrivate()) {
                int registered = WriteTracking.register(uffd, mapping.start(), mapping.end());
                if (registered == -Errno.EBUSY) {
                    throw new PosixException(Errno.EBUSY, "process " + pid + " has a userfaultfd of its own");
                }
                // What it has unmapped meanwhile, or what can't be watched, is told as not untouched.
                if (registered >= 0) {
                    protect(mapping);
                }
            }
        }
    }

    private void protect(Mapping mapping) {
        long[] walked = {mapping.start()};
        while (walked[0] < mapping.end()) {
            if (WriteTracking.protect(pagemap, walked[0], mapping.end(), Memory.address(regions), ROOM, walked) < 0) {
                return;
            }
        }
    }

    private void outlastDirectInput() throws IOException {
        Posix.check(Posix.freeze(pid, 0), "stopping the threads of process " + pid);
        Optional<String> device;
        try {
            device = Device.of(pid);
        } finally {
            Posix.thaw(pid);
        }
        if (device.isPresent()) {
            throw new IOException("process " + pid + " has " + device.get() + ", which may write into its memory unseen");
        }
    }

    private void look(Mapping mapping) throws IOException {
        long[] walked = {mapping.start()};
        while (walked[0] < mapping.end()) {
            long from = walked[0];
            int count = WriteTracking.written(pagemap, from, mapping.end(), Memory.address(regions), ROOM, walked);
            if (count == -Errno.EPERM) {
                return;
            }
            Posix.check(count, "asking which pages process " + pid + " has written to");
            addBetween(from, count, walked[0]);
        }
    }

    /** What lies between the first regions of the buffer. */
    private void addBetween(long from, int count, long to) {
        long at = from;
        for (int i = 0; i < count && at < to; i++) {
            add(at, Math.min(to, regions.getLong(i * WriteTracking.REGION_BYTES)));
            at = regions.getLong(i * WriteTracking.REGION_BYTES + Long.BYTES);
        }
        add(at, to);
    }

    private void add(long start, long end) {
        if (start < end) {
            untouched.add(new Range(start, end));
        }
    }
}

package io.homeport.criu;

import io.homeport.posix.Pages;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Compares, by threads of its own: as many as there are processors, since the process needs none. */
final class Comparison implements Changes {
    /** By one call: 16 MB. */
    private static final int MOST_PAGES = 1 << 12;

    private static final long END_PATIENCE_MS = 10_000;

    /** Where processors are few, CRIU goes first: it waits for nobody, and they have the time that it leaves. */
    private static final int NICE = 10;

    private final int pid;
    private final int memoryFd;
    private final int aheadFd;
    private final byte[] changed;
    private final ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), Comparison::thread);
    private final List<Future<Void>> pieces = new ArrayList<>();

    private Comparison(int pid, int memoryFd, int aheadFd, int pages) {
        this.pid = pid;
        this.memoryFd = memoryFd;
        this.aheadFd = aheadFd;
        this.changed = new byte[pages];
    }

    /**
     * Begins to compare.
     *
     * @param ahead runs whose pages lie in {@code file} one after the other
     */
    static Comparison begin(int pid, List<Pagemap.Run> ahead, Path file) throws IOException {
        long pages = ahead.stream().mapToLong(Pagemap.Run::pages).sum();
        int memory = DumpedPages.open(Path.of("/proc/" + pid + "/mem"));
        Comparison comparison = new Comparison(pid, memory, DumpedPages.open(file), Math.toIntExact(pages));
        int first = 0;
        for (Pagemap.Run run : ahead) {
            for (long page = 0; page < run.pages(); page += MOST_PAGES) {
                int count = (int) Math.min(MOST_PAGES, run.pages() - page);
                comparison.compare(run.address() + page * Pages.BYTES, first, count);
                first += count;
            }
        }
        return comparison;
    }

    @Override
    public void await() throws IOException {
        try {
            for (Future<Void> piece : pieces) {
                piece.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException said ? said : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while memory is compared", e);
        }
    }

    @Override
    public void copyTo(byte[] differsOut, int first, int count) {
        System.arraycopy(changed, first, differsOut, 0, count);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            threads.awaitTermination(END_PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Posix.close(memoryFd);
        Posix.close(aheadFd);
    }

    private void compare(long address, int first, int count) {
        Callable<Void> piece = () -> {
            byte[] differs = new byte[count];
            Posix.check(
                    Pages.compareMemory(pid, memoryFd, address, aheadFd, (long) first * Pages.BYTES, count, differs),
                    "comparing memory of process " + pid + " with what has gone ahead");
            System.arraycopy(differs, 0, changed, first, count);
            return null;
        };
        pieces.add(threads.submit(piece));
    }

    private static Thread thread(Runnable work) {
        Runnable behindCriu = () -> {
            Posix.nice(0, NICE);
            work.run();
        };
        Thread thread = new Thread(behindCriu, "memory-compare");
        thread.setDaemon(true);
        return thread;
    }
}

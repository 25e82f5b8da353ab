package io.homeport.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What {@code /proc/PID/stat} says of a process, or of one of its threads (proc_pid_stat(5)). Any thread.
 *
 * @param state one letter, as in {@link ProcessStatus}
 * @param startTicks when it was started, clock ticks since boot: tells it from a later one of the same number
 */
public record ProcessStat(char state, long startTicks) {
    /** Field 22, counted from the state, which is field 3. */
    private static final int START_TICKS = 19;

    private static final long STOP_POLL_NS = 100_000;

    /** Empty if there is no such process. */
    public static Optional<ProcessStat> find(long pid) {
        try {
            return Optional.of(read(Path.of("/proc/" + pid)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Tells a running process from a later one of the same number; empty if there is none. */
    public static String birth(long pid) {
        return find(pid)
                .filter(stat -> !stat.isZombie())
                .map(stat -> Long.toString(stat.startTicks))
                .orElse("");
    }

    /** Whether every thread of the process is stopped by a signal. @throws java.nio.file.NoSuchFileException if one ends meanwhile */
    public static boolean allStopped(int pid) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                if (read(thread).state != 'T') {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Returns when every thread of a process that was sent SIGSTOP is stopped: each of them has to run once for that.
     *
     * @throws IOException if one is not within {@code timeoutMs}, or the process has ended
     */
    public static void awaitAllStopped(int pid, long timeoutMs) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!allStoppedNow(pid)) {
            if (birth(pid).isEmpty()) {
                throw new IOException("process " + pid + " has ended");
            }
            if (System.nanoTime() > endNs) {
                throw new IOException("process " + pid + " does not stop within " + timeoutMs + " ms of its SIGSTOP");
            }
            LockSupport.parkNanos(STOP_POLL_NS);
        }
    }

    private static boolean allStoppedNow(int pid) throws IOException {
        try {
            return allStopped(pid);
        } catch (NoSuchFileException threadEnded) {
            return false;
        }
    }

    /** Whether it has ended, and nobody has waited for it yet. */
    public boolean isZombie() {
        return state == 'Z';
    }

    private static ProcessStat read(Path directory) throws IOException {
        String stat = ThreadFile.readLiving(directory.resolve("stat"));
        // The name before the state may hold anything, spaces and parentheses, too: count from the last one.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessStat(fields[0].charAt(0), Long.parseLong(fields[START_TICKS]));
    }
}

package io.homeport.bench.contender;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Processor time of processes, all their threads and children. Any thread. */
public final class CpuClock {
    /** Clock ticks a second: USER_HZ, 100 on every architecture that a JVM runs on (proc_pid_stat(5), sysconf(_SC_CLK_TCK)). */
    private static final double TICKS_PER_SECOND = 100;

    private CpuClock() {}

    /** Seconds that these processes, what lives below them and what has ended below them, have run so far. */
    public static double seconds(List<Long> pids) {
        long ticks = pids.stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .mapToLong(process -> ticks(process.pid()))
                .sum();
        return ticks / TICKS_PER_SECOND;
    }

    private static long ticks(long pid) {
        try {
            return ticks(new String(Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return 0;
        }
    }

    /** utime, stime, and the same of children that were waited for: fields 14 to 17. The name before them may hold anything. */
    static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]) + Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }
}

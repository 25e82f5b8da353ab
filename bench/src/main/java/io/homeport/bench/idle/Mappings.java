package io.homeport.bench.idle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process's resident memory, in bytes: the sums of /proc/PID/smaps (proc_pid_smaps(5)).
 *
 * @param resident Rss
 * @param proportional Pss
 * @param nativeAnonymous Anonymous, outside of the Java heap
 */
record Mappings(long resident, long proportional, long nativeAnonymous) {
    private static final Pattern RANGE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
    private static final Pattern AMOUNT = Pattern.compile("(Rss|Pss|Anonymous): +(\\d+) kB");
    private static final int KB = 1024;

    /** @param heap where that process's Java heap is */
    static Mappings of(long hostPid, Range heap) throws IOException {
        return parse(Files.readAllLines(Path.of("/proc/" + hostPid + "/smaps")), heap);
    }

    static Mappings parse(List<String> smaps, Range heap) {
        long resident = 0;
        long proportional = 0;
        long anonymous = 0;
        boolean inHeap = false;
        for (String line : smaps) {
            Matcher range = RANGE.matcher(line);
            Matcher amount = AMOUNT.matcher(line);
            if (range.matches()) {
                inHeap = heap.holds(Long.parseUnsignedLong(range.group(1), 16));
            } else if (amount.matches()) {
                long bytes = Long.parseLong(amount.group(2)) * KB;
                switch (amount.group(1)) {
                    case "Rss" -> resident += bytes;
                    case "Pss" -> proportional += bytes;
                    default -> anonymous += inHeap ? 0 : bytes;
                }
            }
        }
        return new Mappings(resident, proportional, anonymous);
    }

    /** Addresses [from, to). */
    record Range(long from, long to) {
        private static final Pattern HEAP = Pattern.compile("\\[0x([0-9a-f]+), 0x([0-9a-f]+)\\)");

        /** Of the heap, from what {@code jcmd GC.heap_info} says of G1. @throws IllegalArgumentException if it says something else */
        static Range parse(String heapInfo) {
            Matcher found = HEAP.matcher(heapInfo);
            if (!found.find()) {
                throw new IllegalArgumentException("no addresses of a heap: " + heapInfo.strip());
            }
            return new Range(Long.parseUnsignedLong(found.group(1), 16), Long.parseUnsignedLong(found.group(2), 16));
        }

        boolean holds(long address) {
            return address >= from && address < to;
        }
    }
}

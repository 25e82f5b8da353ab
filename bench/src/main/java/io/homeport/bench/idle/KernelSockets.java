package io.homeport.bench.idle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** What the kernel holds for open sockets, of the whole machine: it counts them nowhere by process. */
final class KernelSockets {
    /** Sockets, their inodes and names, open files, places in epoll sets (slabinfo(5)). Not the bytes in their queues. */
    private static final Set<String> SLABS = Set.of("TCP", "TCPv6", "sock_inode_cache", "filp", "eventpoll_epi", "eventpoll_pwq", "ep_head");

    private KernelSockets() {}

    /** Bytes of the objects in use. */
    static long bytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/slabinfo"))) {
            return bytes(lines);
        }
    }

    /** Name, objects in use, objects, bytes of one ... */
    static long bytes(Stream<String> slabinfo) {
        return slabinfo.map(line -> line.split("\\s+"))
                .filter(words -> SLABS.contains(words[0]))
                .mapToLong(words -> Long.parseLong(words[1]) * Long.parseLong(words[3]))
                .sum();
    }
}

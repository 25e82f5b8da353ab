package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollSet;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.socket.Parking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** All TCP sockets of a JVM out of it, and back: the daemon's part of a migration, written out. */
final class TestSwap {
    private TestSwap() {}

    /** {@code real}: this process's duplicate, of a socket, or of an epoll set that watches one. */
    record Swapped(Descriptor place, int real, boolean socket) {}

    /** The process is stopped then. */
    static List<Swapped> socketsOut(AgentControl agent) throws IOException {
        try (FrozenService frozen = FrozenService.freeze(agent)) {
            frozen.stopWhenThawed();
            List<OpenFile> open = FdTable.read(agent.pid());
            int pidfd = Posix.check(Posix.pidfdOpen(agent.pid()), "pidfd");
            List<Swapped> sockets = new ArrayList<>();
            for (OpenFile file : open.stream().filter(OpenFile::isSocket).toList()) {
                Swapped one = take(pidfd, file);
                if (Posix.getsockoptInt(one.real(), Linux.SOL_SOCKET, Linux.SO_PROTOCOL) == Linux.IPPROTO_TCP) {
                    sockets.add(one);
                } else {
                    Posix.close(one.real());
                }
            }
            Set<Integer> leaving = sockets.stream().map(one -> one.place().fd()).collect(Collectors.toSet());
            List<EpollSet> sets = EpollSet.watching(leaving, EpollSet.of(agent.pid(), open));
            List<Swapped> swapped = new ArrayList<>(sockets);
            for (EpollSet set : sets) {
                for (OpenFile file : set.files()) {
                    swapped.add(take(pidfd, file));
                }
            }
            Posix.close(pidfd);
            HandOver handOver = new HandOver(agent);
            handOver.thin(sets, leaving);
            handOver.vacate(sockets.stream().map(Swapped::place).toList());
            return swapped;
        }
    }

    private static Swapped take(int pidfd, OpenFile file) throws IOException {
        int real = Posix.check(Posix.pidfdGetfd(pidfd, file.fd()), "fd " + file.fd());
        return new Swapped(Descriptor.of(List.of(file), Map.of()).get(0), real, file.isSocket());
    }

    /** In any order; parked or with numbers of this daemon's. */
    static void socketsIn(AgentControl agent, List<Swapped> swapped, Random random) throws IOException {
        List<Swapped> shuffled = new ArrayList<>(swapped);
        if (random.nextBoolean()) {
            Collections.shuffle(shuffled, random);
        }
        try (Parking parking = Parking.open()) {
            HandOver.giveBack(agent, List.of(), handOver -> {
                for (Swapped one : shuffled) {
                    leaveAFile(agent, one.place().fd());
                }
                if (random.nextBoolean()) {
                    handOver.install(shuffled.stream().map(one -> new HandOver.Replacement(List.of(one.place()), one.real(), -1)).toList());
                    return;
                }
                int cut = random.nextInt(shuffled.size());
                park(parking, shuffled.subList(0, cut));
                park(parking, shuffled.subList(cut, shuffled.size()));
                handOver.install(Unparking.of(parking, shuffled.stream().map(one -> new HandOver.Berth(List.of(one.place()), -1)).toList()));
            });
        }
        swapped.forEach(one -> Posix.close(one.real()));
    }

    private static void park(Parking parking, List<Swapped> some) throws IOException {
        parking.put(some.stream().mapToInt(Swapped::real).toArray());
    }

    /** As a CRIU that is killed may: its files are under numbers that are free. */
    private static void leaveAFile(AgentControl agent, int number) throws IOException {
        int file = Posix.check(Posix.open("/proc/self/exe\0".getBytes(StandardCharsets.US_ASCII), Linux.O_RDONLY | Linux.O_CLOEXEC), "a plain file");
        SwapProgram program = new SwapProgram();
        program.dup(program.send(file), number, true);
        agent.run(program);
        Posix.close(file);
    }
}

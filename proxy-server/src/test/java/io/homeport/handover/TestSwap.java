package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.socket.Parking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** All TCP sockets of a JVM out of it, and back: the daemon's part of a migration, written out. */
final class TestSwap {
    private TestSwap() {}

    /** {@code real}: this process's duplicate. */
    record Swapped(Descriptor place, int real) {}

    /** The process is stopped then. */
    static List<Swapped> socketsOut(AgentControl agent) throws IOException {
        try (FrozenService frozen = FrozenService.freeze(agent)) {
            frozen.stopWhenThawed();
            List<OpenFile> open = FdTable.read(agent.pid());
            int pidfd = Posix.check(Posix.pidfdOpen(agent.pid()), "pidfd");
            List<Swapped> swapped = new ArrayList<>();
            for (Descriptor place : Descriptor.of(open.stream().filter(OpenFile::isSocket).toList(), FdTable.registrations(agent.pid(), open))) {
                int real = Posix.check(Posix.pidfdGetfd(pidfd, place.fd()), "fd " + place.fd());
                if (Posix.getsockoptInt(real, Linux.SOL_SOCKET, Linux.SO_PROTOCOL) == Linux.IPPROTO_TCP) {
                    swapped.add(new Swapped(place, real));
                } else {
                    Posix.close(real);
                }
            }
            Posix.close(pidfd);
            new HandOver(agent).vacate(swapped.stream().map(Swapped::place).toList());
            return swapped;
        }
    }

    /** In any order; parked or with numbers of this daemon's. */
    static void socketsIn(AgentControl agent, List<Swapped> swapped, Random random) throws IOException {
        List<Swapped> shuffled = new ArrayList<>(swapped);
        if (random.nextBoolean()) {
            Collections.shuffle(shuffled, random);
        }
        try (Parking parking = Parking.open()) {
            HandOver.giveBack(agent, swapped.stream().map(Swapped::place).toList(), List.of(), handOver -> {
                for (Swapped one : shuffled) {
                    if (!one.place().registrations().isEmpty()) {
                        leaveAFile(agent, one.place().fd());
                    }
                }
                if (random.nextBoolean()) {
                    handOver.install(shuffled.stream().map(one -> new HandOver.Replacement(List.of(one.place()), one.real(), -1)).toList());
                    return;
                }
                int cut = random.nextInt(shuffled.size());
                park(parking, shuffled.subList(0, cut));
                park(parking, shuffled.subList(cut, shuffled.size()));
                handOver.install(parking, shuffled.stream().map(one -> new HandOver.Berth(List.of(one.place()), -1)).toList());
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

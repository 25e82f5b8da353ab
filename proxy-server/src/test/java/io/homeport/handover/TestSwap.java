package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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

    static void socketsIn(AgentControl agent, List<Swapped> swapped) throws IOException {
        HandOver.giveBack(agent, swapped.stream().map(Swapped::place).toList(), List.of(), handOver -> {
            for (Swapped one : swapped) {
                if (!one.place().registrations().isEmpty()) {
                    leaveAFile(agent, one.place().fd());
                }
            }
            handOver.install(swapped.stream().map(one -> new HandOver.Replacement(List.of(one.place()), one.real(), -1)).toList());
        });
        swapped.forEach(one -> Posix.close(one.real()));
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

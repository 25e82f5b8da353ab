package io.homeport.handover;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.process.EpollRegistration;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** All TCP sockets of a JVM onto AF_UNIX dummies, and back: the daemon's part of a migration, written out. */
final class TestSwap {
    private static final int STOP_TIMEOUT_MS = 60_000;

    private TestSwap() {}

    /** {@code kept}: the dummy's other end in the process, -1 for a listener. */
    record Swapped(OpenFile file, int real, int kept) {}

    static List<Swapped> dummiesIn(AgentControl agent, boolean stop) throws IOException {
        freeze(agent);
        try {
            List<OpenFile> open = FdTable.read(agent.pid());
            List<EpollRegistration> epolls = FdTable.epollRegistrations(agent.pid(), open);
            int pidfd = Posix.check(Posix.pidfdOpen(agent.pid()), "pidfd");
            SwapProgram program = new SwapProgram();
            SwapProgram.Register dummy = program.register();
            SwapProgram.Register other = program.register();
            List<OpenFile> files = new ArrayList<>();
            List<Integer> reals = new ArrayList<>();
            List<Integer> resultAt = new ArrayList<>();
            for (OpenFile file : open) {
                int real = file.target().startsWith("socket:") ? Posix.pidfdGetfd(pidfd, file.fd()) : -1;
                if (real >= 0 && Posix.getsockoptInt(real, Linux.SOL_SOCKET, Linux.SO_PROTOCOL) == Linux.IPPROTO_TCP) {
                    boolean listener = Posix.getsockoptInt(real, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 1;
                    files.add(file);
                    reals.add(real);
                    resultAt.add(listener ? -1 : program.size());
                    if (listener) {
                        program.unixListener(1, dummy);
                    } else {
                        program.socketpair(Linux.SOCK_STREAM, dummy, other);
                    }
                    replace(program, dummy, file, epolls);
                    program.close(dummy);
                } else if (real >= 0) {
                    Posix.close(real);
                }
            }
            Posix.close(pidfd);
            int[] results = agent.run(program);
            List<Swapped> swapped = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                swapped.add(new Swapped(files.get(i), reals.get(i), resultAt.get(i) < 0 ? -1 : results[resultAt.get(i)]));
            }
            return swapped;
        } finally {
            // As a migration does: the process may not run on its dummies, so its stop is there before its threads are let go.
            if (stop) {
                Posix.kill(agent.pid(), Linux.SIGSTOP);
            }
            Posix.check(Posix.thaw(agent.pid()), "thaw");
            if (stop) {
                ProcessStat.awaitAllStopped(agent.pid(), STOP_TIMEOUT_MS);
            }
        }
    }

    static void back(AgentControl agent, List<Swapped> swapped) throws IOException {
        freeze(agent);
        Posix.kill(agent.pid(), Linux.SIGCONT);
        try {
            List<EpollRegistration> epolls = FdTable.epollRegistrations(agent.pid(), FdTable.read(agent.pid()));
            int pidfd = Posix.check(Posix.pidfdOpen(agent.pid()), "pidfd");
            SwapProgram program = new SwapProgram();
            for (Swapped one : swapped) {
                if (one.kept() >= 0) {
                    moveWhatWasWritten(Posix.pidfdGetfd(pidfd, one.kept()), one.real());
                    program.close(one.kept());
                }
                SwapProgram.Register real = program.send(one.real());
                replace(program, real, one.file(), epolls);
            }
            Posix.close(pidfd);
            agent.run(program);
            swapped.forEach(one -> Posix.close(one.real()));
        } finally {
            Posix.check(Posix.thaw(agent.pid()), "thaw");
        }
    }

    private static void replace(SwapProgram program, SwapProgram.Register by, OpenFile file, List<EpollRegistration> epolls) {
        program.setFlags(by, file.settableFlags());
        List<EpollRegistration> watched = epolls.stream().filter(epoll -> epoll.fd() == file.fd()).toList();
        watched.forEach(epoll -> program.epollDelete(epoll.epollFd(), epoll.fd()));
        program.dup(by, file.fd(), file.closeOnExec());
        watched.forEach(epoll -> program.epollAdd(epoll.epollFd(), epoll.fd(), epoll.events(), epoll.data()));
    }

    /** What the process wrote into its dummy belongs into the real socket before it writes there itself again. */
    private static void moveWhatWasWritten(int kept, int real) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
        long address = Memory.address(buffer);
        long n;
        while ((n = Posix.recv(kept, address, buffer.capacity(), Linux.MSG_DONTWAIT)) > 0) {
            for (long sent = 0; sent < n; ) {
                long done = Posix.send(real, address + sent, (int) (n - sent), Linux.MSG_DONTWAIT);
                if (done == -Errno.EAGAIN) {
                    Posix.poll(real, Linux.POLLOUT, 5000);
                } else {
                    sent += Posix.check(done, "sending what was written");
                }
            }
        }
        Posix.close(kept);
    }

    private static void freeze(AgentControl agent) throws IOException {
        Posix.check(Posix.freeze(agent.pid(), agent.tid()), "freeze");
    }
}

package io.homeport.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.process.EpollRegistration;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Swaps the sockets of a JVM under load onto AF_UNIX dummies and back, many times: what a migration that is rolled back does. */
@Timeout(120)
class SwapSystemTest {
    private static final int SWAPS = 200;
    private static final int LOADS = 6;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    private final Random random = new Random(42);

    private record Swapped(OpenFile file, int real, int kept) {}

    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldSwapDummiesInAndOutUnderLoad(Path javaHome) throws Exception {
        List<EchoLoad> loads = new ArrayList<>();
        try (ForeignJvm jvm = new ForeignJvm(javaHome, ForeignJvm.agentOption(), EchoMain.class);
                AgentControl agent = agent(jvm)) {
            String[] ports = jvm.output.readLine().split(" ");
            for (int i = 0; i < LOADS; i++) {
                loads.add(new EchoLoad(Integer.parseInt(ports[i % 2]), i));
            }
            for (EchoLoad load : loads) {
                await().until(() -> load.verified.get() > 0);
            }
            int fds = FdTable.read(jvm.pid).size();
            for (int i = 0; i < SWAPS; i++) {
                List<Swapped> swapped = swapDummiesIn(agent, random.nextBoolean());
                assertThat(swapped).hasSize(LOADS);
                Thread.sleep(random.nextInt(3));
                swapBack(agent, swapped);
                awaitProgress(loads);
            }
            for (EchoLoad load : loads) {
                load.finish();
            }
            await().untilAsserted(() -> assertThat(FdTable.read(jvm.pid)).hasSize(fds - LOADS));
            assertThat(jvm.errors()).isEmpty();
        } finally {
            for (EchoLoad load : loads) {
                load.close();
            }
        }
    }

    /** The agent's thread is there a little after main has begun printing at the latest, since premain comes before main. */
    private static AgentControl agent(ForeignJvm jvm) {
        return await().ignoreExceptions().until(() -> AgentControl.open(jvm.pid), agent -> true);
    }

    private List<Swapped> swapDummiesIn(AgentControl agent, boolean stop) throws IOException {
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
                if (real >= 0 && isConnectedTcp(real)) {
                    files.add(file);
                    reals.add(real);
                    resultAt.add(program.size());
                    program.socketpair(Linux.SOCK_STREAM, dummy, other);
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
                swapped.add(new Swapped(files.get(i), reals.get(i), results[resultAt.get(i)]));
            }
            return swapped;
        } finally {
            // As a migration does: the process may not run on its dummies, so its stop is there before its threads are let go.
            if (stop) {
                Posix.kill(agent.pid(), Linux.SIGSTOP);
            }
            assertThat(Posix.thaw(agent.pid())).isZero();
        }
    }

    private void swapBack(AgentControl agent, List<Swapped> swapped) throws IOException {
        freeze(agent);
        Posix.kill(agent.pid(), Linux.SIGCONT);
        try {
            List<EpollRegistration> epolls = FdTable.epollRegistrations(agent.pid(), FdTable.read(agent.pid()));
            int pidfd = Posix.check(Posix.pidfdOpen(agent.pid()), "pidfd");
            SwapProgram program = new SwapProgram();
            for (Swapped one : swapped) {
                moveWhatWasWritten(Posix.pidfdGetfd(pidfd, one.kept()), one.real());
                SwapProgram.Register real = program.send(one.real());
                replace(program, real, one.file(), epolls);
                program.close(one.kept());
            }
            Posix.close(pidfd);
            agent.run(program);
            swapped.forEach(one -> Posix.close(one.real()));
        } finally {
            assertThat(Posix.thaw(agent.pid())).isZero();
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
    private void moveWhatWasWritten(int kept, int real) throws IOException {
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

    private static boolean isConnectedTcp(int fd) {
        return Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_PROTOCOL) == Linux.IPPROTO_TCP
                && Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 0;
    }

    private static void awaitProgress(List<EchoLoad> loads) throws Exception {
        for (EchoLoad load : loads) {
            long before = load.verified.get();
            for (long deadline = System.nanoTime() + 10_000_000_000L; load.verified.get() == before && load.failure == null; Thread.sleep(1)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("load " + loads.indexOf(load) + " stalled after " + before + " bytes");
                }
            }
            assertThat(load.failure).isNull();
        }
    }
}

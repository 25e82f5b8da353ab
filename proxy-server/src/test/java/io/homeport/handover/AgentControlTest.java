package io.homeport.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.agent.ControlMessage;
import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class AgentControlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldAskTheAgentOfAJvm(Path javaHome) throws Exception {
        try (ForeignJvm jvm = new ForeignJvm(javaHome, ForeignJvm.agentOption() + " -Dhomeport.name=echo -XX:+EnableDynamicAgentLoading", EchoMain.class)) {
            String[] ports = jvm.line().split(" ");
            try (AgentControl agent = AgentControl.open(jvm.pid)) {
                assertThat(agent.call(ControlMessage.PING, new byte[] {1, 2, 3}, PATIENCE)).containsExactly(1, 2, 3);
                assertThat(agent.describe())
                        .containsEntry("homeport.name", "echo")
                        .containsEntry("java.home", javaHome.toRealPath().toString())
                        .containsEntry("sun.java.command", EchoMain.class.getName())
                        .containsEntry("pid", Integer.toString(jvm.pid));
                assertThatThrownBy(() -> agent.call(77, new byte[0], PATIENCE)).hasMessageContaining("ENOSYS");
                agent.quiet();
                assertThat(agent.call(ControlMessage.PING, new byte[4], PATIENCE)).hasSize(4);
            }
            LateAttach.load(jvm.pid, ForeignJvm.AGENT_JAR);
            shouldTellOfOptions(jvm, Integer.parseInt(ports[0]));
            shouldSayThatNoticesWereLost(jvm, Integer.parseInt(ports[0]));
            assertThat(jvm.errors()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldGiveBackWhatTheHeapDoesNotNeed(Path javaHome, @TempDir Path logs) throws Exception {
        Path log = logs.resolve("gc.log");
        try (ForeignJvm jvm = new ForeignJvm(javaHome, ForeignJvm.agentOption() + " -XX:+UseG1GC -Xmx512m -Xlog:gc:file=" + log, GarbageMain.class)) {
            jvm.line();
            try (AgentControl agent = AgentControl.open(jvm.pid)) {
                AgentControl.Trimmed trimmed = agent.trimHeap();
                assertThat(trimmed.bytesBefore() - trimmed.bytesAfter()).isGreaterThan(GarbageMain.MEGABYTES / 2 << 20);
                long collections = collections(log);
                agent.trimHeap();
                assertThat(collections(log)).as("nothing was left to gain").isEqualTo(collections);
            }
        }
    }

    private static long collections(Path log) throws IOException {
        return Files.readAllLines(log).stream().filter(line -> line.contains("Pause Full")).count();
    }

    private static void shouldTellOfOptions(ForeignJvm jvm, int port) throws Exception {
        try (AgentControl agent = AgentControl.open(jvm.pid);
                Socket socket = new Socket("127.0.0.1", port)) {
            List<Integer> changed = new CopyOnWriteArrayList<>();
            agent.onNotice((fd, lost) -> changed.add(fd));
            socket.getOutputStream().write('!');
            assertThat(socket.getInputStream().read()).isEqualTo('!');
            assertThat(changed).isEmpty();
            agent.instrument();
            agent.instrument();
            socket.getOutputStream().write('!');
            assertThat(socket.getInputStream().read()).isEqualTo('!');
            await().until(() -> changed.size() == 1);
            Path link = Path.of("/proc/" + jvm.pid + "/fd/" + changed.get(0));
            assertThat(Files.readSymbolicLink(link).toString()).startsWith("socket:");
        }
    }

    private static void shouldSayThatNoticesWereLost(ForeignJvm jvm, int port) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            // No daemon listens: the queue fills, and the application is not held up by that.
            for (int i = 0; i < 2000; i++) {
                socket.getOutputStream().write('!');
                assertThat(socket.getInputStream().read()).isEqualTo('!');
            }
            try (AgentControl agent = AgentControl.open(jvm.pid)) {
                List<Boolean> notices = new CopyOnWriteArrayList<>();
                agent.onNotice((fd, lost) -> notices.add(lost));
                assertThat(agent.call(ControlMessage.PING, new byte[9], PATIENCE)).hasSize(9);
                assertThat(notices).hasSizeBetween(100, 1999).containsOnly(false);
                socket.getOutputStream().write('!');
                await().until(() -> notices.contains(true));
            }
        }
    }

    @Test
    void shouldTellWhatIsOpenAsTheKernelDoes() throws Exception {
        try (ForeignJvm jvm = new ForeignJvm(Path.of(System.getProperty("java.home")), ForeignJvm.agentOption(), EchoMain.class);
                Socket socket = new Socket("127.0.0.1", Integer.parseInt(jvm.line().split(" ")[0]));
                AgentControl agent = AgentControl.open(jvm.pid)) {
            socket.getOutputStream().write('!');
            assertThat(socket.getInputStream().read()).isEqualTo('!');
            List<OpenFile> open = agent.openFiles(fd -> null);
            assertThat(open).isEqualTo(FdTable.read(jvm.pid)).filteredOn(OpenFile::isSocket).hasSizeGreaterThan(2);

            List<OpenFile> sockets = open.stream().filter(OpenFile::isSocket).toList();
            OpenFile same = sockets.get(0);
            OpenFile changed = OpenFile.socket(sockets.get(1).fd(), 1, sockets.get(1).flags());
            Map<Integer, OpenFile> known = Map.of(same.fd(), same, changed.fd(), changed);
            assertThat(agent.openFiles(known::get)).isEqualTo(open).anyMatch(file -> file == same);
        }
    }

    @Test
    void shouldAnswerGarbageWithAnErrorAndChangeNothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (ForeignJvm jvm = new ForeignJvm(Path.of(System.getProperty("java.home")), ForeignJvm.agentOption(), EchoMain.class)) {
            jvm.line();
            int fds = fds(jvm);
            int pidfd = Posix.check(Posix.pidfdOpen(jvm.pid), "pidfd");
            int control = Posix.check(Posix.pidfdGetfd(pidfd, AgentThread.find(jvm.pid).fd()), "getfd");
            ByteBuffer buffer = ByteBuffer.allocateDirect(ControlMessage.MAX_BYTES + 100).order(ByteOrder.LITTLE_ENDIAN);
            int[] sent = {pidfd, pidfd, pidfd};
            for (int i = 0; i < 2000; i++) {
                byte[] garbage = new byte[i % 100 == 0 ? buffer.capacity() : 1 + random.nextInt(300)];
                random.nextBytes(garbage);
                buffer.put(0, garbage);
                if (random.nextBoolean()) {
                    // A good header, then operations of no known code.
                    buffer.putInt(0, ControlMessage.MAGIC).putShort(4, ControlMessage.VERSION).putShort(6, (short) ControlMessage.PROGRAM);
                    buffer.putInt(12, Math.max(1, (garbage.length - 16) / 32)).putInt(16, 11 + random.nextInt(1 << 30));
                }
                Posix.check(Posix.sendFds(control, Memory.address(buffer), garbage.length, sent, random.nextInt(4)), "send");
                assertThat(Posix.poll(control, Linux.POLLIN, 5000)).as("seed %d", seed).isEqualTo(Linux.POLLIN);
                assertThat(Posix.recv(control, Memory.address(buffer), buffer.capacity(), 0)).isEqualTo(20);
                assertThat(buffer.getShort(6)).isEqualTo((short) ControlMessage.ERROR);
                assertThat(buffer.getInt(16)).isEqualTo(-Errno.EBADMSG);
            }
            Posix.close(control);
            Posix.close(pidfd);
            assertThat(fds(jvm)).isEqualTo(fds);
            try (AgentControl agent = AgentControl.open(jvm.pid)) {
                assertThat(agent.call(ControlMessage.PING, new byte[1], PATIENCE)).hasSize(1);
            }
        }
    }

    @Test
    void shouldRefuseMalformedMessagesAndChangeNothing() throws Exception {
        try (ForeignJvm jvm = new ForeignJvm(Path.of(System.getProperty("java.home")), ForeignJvm.agentOption(), EchoMain.class)) {
            jvm.line();
            int fds = fds(jvm);
            try (AgentControl agent = AgentControl.open(jvm.pid)) {
                assertThatThrownBy(() -> agent.call(ControlMessage.PROGRAM, new byte[33], PATIENCE)).hasMessageContaining("EBADMSG");
                SwapProgram program = new SwapProgram();
                SwapProgram.Register one = program.register();
                program.socketpair(1, one, program.register());
                program.dup(one, agent.controlFd(), true);
                assertThatThrownBy(() -> agent.run(program)).hasMessageContaining("EBADMSG");
                assertThat(fds(jvm)).isEqualTo(fds);

                SwapProgram closing = new SwapProgram();
                closing.number(closing.send(0));
                closing.close(4711);
                closing.close(4712);
                assertThatThrownBy(() -> agent.run(closing)).isInstanceOf(SwapFailure.class).hasMessageContaining("4711").hasMessageContaining("EBADF");
                assertThat(fds(jvm)).isEqualTo(fds);
                assertThat(agent.call(ControlMessage.PING, new byte[1], PATIENCE)).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldAttachToARunningJvmOnce(Path javaHome) throws Exception {
        try (ForeignJvm jvm = new ForeignJvm(javaHome, "-XX:+EnableDynamicAgentLoading", EchoMain.class)) {
            jvm.line();
            assertThatThrownBy(() -> AgentControl.open(jvm.pid)).isInstanceOf(AgentMissing.class);
            int tid;
            try (AgentControl agent = LateAttach.open(jvm.pid, ForeignJvm.AGENT_JAR)) {
                tid = agent.tid();
                assertThat(agent.describe()).containsKey("java.version");
            }
            LateAttach.load(jvm.pid, ForeignJvm.AGENT_JAR);
            try (AgentControl agent = LateAttach.open(jvm.pid, ForeignJvm.AGENT_JAR)) {
                assertThat(agent.tid()).isEqualTo(tid);
                agent.instrument();
            }
            assertThat(jvm.errors()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldStepAsideWithOneLineWhenTheAgentFails(Path javaHome) throws Exception {
        try (ForeignJvm jvm = new ForeignJvm(javaHome, ForeignJvm.agentOption() + " -Dhomeport.library=/none", EchoMain.class)) {
            assertThat(jvm.line()).isNotEmpty();
            assertThat(jvm.errors()).singleElement().asString().startsWith("homeport: the agent steps aside").contains("/none");
            assertThatThrownBy(() -> AgentControl.open(jvm.pid)).isInstanceOf(AgentMissing.class);
        }
    }

    @Test
    void shouldSayWhatIsNoJvm() throws Exception {
        assertThatThrownBy(() -> AgentControl.open(1 << 22)).isInstanceOf(IOException.class).hasMessageContaining("no process");
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            assertThatThrownBy(() -> LateAttach.open((int) sleep.pid(), ForeignJvm.AGENT_JAR)).hasMessageContaining("no JVM");
            assertThat(sleep.isAlive()).isTrue();
            assertThatThrownBy(() -> LateAttach.load((int) ProcessHandle.current().pid(), Path.of("/none.jar"))).hasMessageContaining("can't see");
        } finally {
            sleep.destroyForcibly();
        }
    }

    private static int fds(ForeignJvm jvm) {
        return Path.of("/proc/" + jvm.pid + "/fd").toFile().list().length;
    }
}

package io.homeport.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.config.Installation;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.Sockaddr;
import io.homeport.socket.Sockets;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real keeper with a real daemon below it: this class, in a JVM of its own that kills itself. */
@Timeout(60)
class FdStoreTest {
    private static final int MANY = 700;

    @Test
    void shouldHaveTheSocketsOfADaemonThatWasKilled() throws Exception {
        Process keeper = keeper(java("first")).start();
        List<String> lines = keeper.inputReader().lines().toList();
        assertThat(keeper.waitFor()).isZero();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).as("the next one's socket, what is kept of the others").isEqualTo(lines.get(0) + " " + MANY);
    }

    @Test
    void shouldEndWithADaemonThatFailsBeforeItIsReady() throws Exception {
        assertThat(keeper(List.of("/bin/sh", "-c", "exit 3")).start().waitFor()).isEqualTo(3);
    }

    @Test
    void shouldStartADaemonAnewThatAsksForIt() throws Exception {
        String counting = "test -e \"$0\" && exit 0; touch \"$0\"; exit 75";
        Path mark = Files.createTempDirectory("keeper").resolve("mark");
        assertThat(keeper(List.of("/bin/sh", "-c", counting, mark.toString())).start().waitFor()).isZero();
        assertThat(mark).exists();
    }

    @Test
    void shouldPassSignalsOnAndEndWithTheDaemon() throws Exception {
        Process keeper = keeper(List.of("/bin/sh", "-c", "trap 'echo told; exit 7' TERM; echo up; while :; do sleep 0.05; done")).start();
        assertThat(keeper.inputReader().readLine()).isEqualTo("up");
        keeper.toHandle().destroy();
        assertThat(keeper.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keeper.inputReader().readLine()).isEqualTo("told");
        assertThat(keeper.exitValue()).isEqualTo(7);
    }

    @Test
    void shouldTakeNothingFromAStranger() throws Exception {
        String script = "exec 2>/dev/null; python3 -c 'import os, socket\n"
                + "if os.fork() == 0:\n"
                + "  s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(chr(0) + os.environ[\"NOTIFY_SOCKET\"][1:])\n"
                + "  socket.send_fds(s, [b\"FDSTORE=1\\nFDNAME=x\"], [0]); os._exit(0)\n"
                + "os.wait()'; echo ${LISTEN_FDS:-none}; test -e \"$0\" && exit 0; touch \"$0\"; exit 75";
        Path mark = Files.createTempDirectory("keeper").resolve("mark");
        Process keeper = keeper(List.of("/bin/sh", "-c", script, mark.toString())).start();
        assertThat(keeper.inputReader().lines().toList()).containsExactly("none", "none");
    }

    @Test
    void shouldSpeakToSystemdAsToTheKeeper() throws Exception {
        int systemd = Posix.check(Posix.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0), "socket");
        String name = "homeport-store-test-" + System.nanoTime();
        byte[] address = (" " + name).getBytes(StandardCharsets.US_ASCII);
        address[0] = 0;
        ByteBuffer sockaddr = ByteBuffer.allocate(Short.BYTES + address.length).order(ByteOrder.nativeOrder());
        Posix.check(Posix.bind(systemd, sockaddr.putShort((short) Linux.AF_UNIX).put(address).array()), "bind");
        FdStore store = FdStore.fromEnvironment(Map.of("NOTIFY_SOCKET", "@" + name, "FDSTORE", "10"));
        assertThat(store.keeper()).isEqualTo(FdStore.Keeper.SYSTEMD);
        store.keep("slot", systemd);
        store.letGo("slot");
        store.keep(List.of("one", "other"), List.of(systemd, systemd));
        assertThat(List.of(message(systemd), message(systemd), message(systemd), message(systemd)))
                .containsExactly("FDSTORE=1 FDPOLL=0 FDNAME=slot 1", "FDSTOREREMOVE=1 FDNAME=slot 0",
                        "FDSTORE=1 FDPOLL=0 FDNAME=one 1", "FDSTORE=1 FDPOLL=0 FDNAME=other 1");
        Posix.close(systemd);
    }

    /** Its lines, and how many descriptors came with it. */
    private static String message(int socket) {
        ByteBuffer text = ByteBuffer.allocateDirect(512);
        int[] fds = new int[2];
        int length = Posix.recvFds(socket, Memory.address(text), text.capacity(), fds);
        if (fds[0] == 1) {
            Posix.close(fds[1]);
        }
        return StandardCharsets.US_ASCII.decode(text.limit(length)).toString().replace('\n', ' ') + " " + fds[0];
    }

    /** The daemon: the first keeps a listener and many others and kills itself, the second tells what it has got. */
    public static void main(String[] arguments) throws Exception {
        FdStore store = FdStore.fromEnvironment(System.getenv());
        int inherited = store.claim("a");
        int oneOfMany = store.claim(Integer.toString(MANY - 1, 36) + "x");
        if (inherited < 0) {
            int listener = Posix.check(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0), "socket");
            Posix.check(Posix.bind(listener, Sockaddr.encode(new InetSocketAddress("127.0.0.1", 0))), "bind");
            Posix.check(Posix.listen(listener, 1), "listen");
            System.out.println(Sockets.local(listener).getPort());
            store.keep("a", listener);
            store.keep("gone", listener);
            store.keep(IntStream.range(1, MANY).mapToObj(i -> Integer.toString(i, 36) + "x").toList(), Collections.nCopies(MANY - 1, listener));
            store.keep("0x", listener);
            store.ready();
            store.letGo("gone");
            Posix.kill((int) ProcessHandle.current().pid(), Linux.SIGKILL);
        }
        boolean listens = Posix.getsockoptInt(inherited, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 1;
        int port = listens && store.claim("gone") < 0 ? Sockets.local(inherited).getPort() : -1;
        System.out.println(port + " " + (store.clear().size() + (oneOfMany >= 0 ? 1 : 0)));
    }

    private static ProcessBuilder keeper(List<String> command) {
        List<String> words = new ArrayList<>(List.of(Installation.find().keeper().toString()));
        words.addAll(command);
        return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static List<String> java(String argument) {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(a -> !a.startsWith("-agentlib")).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FdStoreTest.class.getName(), argument));
        return command;
    }
}

package io.homeport.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Looks at this very process. */
class FateSurveyTest {
    private final int pid = (int) ProcessHandle.current().pid();

    @Test
    void shouldTellListenersAndConnections() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            assertThat(fates(fate -> fate.fate() == Fate.LISTENER))
                    .anySatisfy(fate -> assertThat(fate.facts().local()).isEqualTo(server.getLocalSocketAddress()));
            assertThat(fates(fate -> fate.fate() == Fate.CONNECTION)).anySatisfy(fate -> {
                assertThat(fate.facts().local()).isEqualTo(client.getLocalSocketAddress());
                assertThat(fate.facts().remote()).isEqualTo(client.getRemoteSocketAddress());
            });
        }
    }

    @Test
    void shouldTellWhatIsConnectingAndWhereTo() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel one = connecting(full.getLocalSocketAddress());
                SocketChannel other = connecting(full.getLocalSocketAddress());
                SocketChannel tooMany = connecting(full.getLocalSocketAddress())) {
            assertThat(one.isOpen() && other.isOpen() && tooMany.isOpen()).isTrue();
            assertThat(fates(fate -> fate.fate() == Fate.CONNECTING)).singleElement().satisfies(fate -> {
                assertThat(fate.facts().remote()).isEqualTo(full.getLocalSocketAddress());
                assertThat(fate.facts().tcp().connectFailed()).isFalse();
            });
        }
    }

    @Test
    void shouldTakeAFailedConnectForOneUnderWayUntilTheApplicationKnows() throws IOException {
        InetSocketAddress closed;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = (InetSocketAddress) server.getLocalSocketAddress();
        }
        try (SocketChannel channel = connecting(closed)) {
            await().until(() -> !fates(fate -> fate.fate() == Fate.CONNECTING && fate.facts().tcp().connectFailed()).isEmpty());
            assertThat(fates(fate -> fate.fate() == Fate.CONNECTING))
                    .singleElement()
                    .satisfies(fate -> assertThat(fate.facts().remote()).isEqualTo(closed));
            assertThatThrownBy(channel::finishConnect).isInstanceOf(ConnectException.class);
            assertThat(fates(fate -> fate.fate() == Fate.CONNECTING)).isEmpty();
        }
    }

    /** A stop interrupts connect(2) as a freeze does. */
    @Test
    void shouldTakeAConnectForOneUnderWayAsLongAsItHasNotReturned() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel one = connecting(full.getLocalSocketAddress());
                SocketChannel other = connecting(full.getLocalSocketAddress())) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", "target/test-classes",
                            ConnectMain.class.getName(), "127.0.0.1", "" + full.getLocalPort())
                    .start();
            int child = (int) process.pid();
            try {
                await().until(() -> connecting(child).size() == 1);
                Posix.kill(child, Linux.SIGSTOP);
                ProcessStat.awaitAllStopped(child, 60_000);
                full.accept().close();
                full.accept().close();
                try (Socket accepted = full.accept()) {
                    assertThat(connecting(child)).singleElement().satisfies(fate -> {
                        assertThat(fate.facts().connected()).isTrue();
                        assertThat(fate.facts().local()).isEqualTo(accepted.getRemoteSocketAddress());
                    });
                    Posix.kill(child, Linux.SIGCONT);
                    assertThat(process.inputReader().readLine()).isEqualTo(accepted.getRemoteSocketAddress().toString());
                    assertThat(one.isOpen() && other.isOpen()).isTrue();
                }
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void shouldLeaveAFreshTcpSocketToTheImageAndRefuseOneBoundToAnAddressOfThisNode() throws IOException {
        try (SocketChannel fresh = SocketChannel.open();
                SocketChannel anywhere = SocketChannel.open().bind(new InetSocketAddress(0));
                SocketChannel here = SocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            assertThat(fresh.isOpen() && anywhere.isOpen() && here.isOpen()).isTrue();
            assertThat(fates(fate -> fate.detail().contains("not connected")))
                    .hasSize(2)
                    .allSatisfy(fate -> assertThat(fate.fate()).isEqualTo(Fate.SAVED));
            assertThat(fates(fate -> fate.detail().contains("neither listens"))).singleElement().satisfies(fate -> {
                assertThat(fate.fate()).isEqualTo(Fate.REFUSED);
                assertThat(fate.facts().local()).isEqualTo(here.getLocalAddress());
            });
        }
    }

    @Test
    void shouldLeaveOutWhatIsClosedMeanwhile() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> restless = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                int socket = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
                int[] pipe = new int[2];
                Posix.pipe2(Linux.O_CLOEXEC, pipe);
                Posix.close(socket);
                Posix.close(pipe[0]);
                Posix.close(pipe[1]);
            }
        });
        for (int i = 0; i < 50; i++) {
            assertThat(fates(fate -> fate.detail().contains("cannot look"))).isEmpty();
        }
        enough.set(true);
        restless.get();
    }

    @Test
    void shouldTakeASocketOfAnotherNetworkNamespaceForAStub() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            List<FdFate> fates = survey(homeCookie() + 1).examine(FdTable.read(pid));
            assertThat(fates).anySatisfy(fate -> {
                assertThat(fate.fate()).isEqualTo(Fate.STUB);
                assertThat(((InetSocketAddress) fate.facts().local()).getPort()).isEqualTo(server.getLocalPort());
            });
        }
    }

    @Test
    void shouldTellInternalPipesFromOthers() throws IOException {
        int[] pipe = new int[2];
        Posix.check(Posix.pipe2(Linux.O_CLOEXEC, pipe), "pipe2");
        try {
            String inode = java.nio.file.Files.readSymbolicLink(Path.of("/proc/self/fd/" + pipe[0])).toString();
            assertThat(fates(fate -> fate.file().target().equals(inode)))
                    .hasSize(2)
                    .allSatisfy(fate -> assertThat(fate.fate()).isEqualTo(Fate.INTERNAL));
        } finally {
            Posix.close(pipe[1]);
        }
        String inode = java.nio.file.Files.readSymbolicLink(Path.of("/proc/self/fd/" + pipe[0])).toString();
        assertThat(fates(fate -> fate.file().target().equals(inode)))
                .singleElement()
                .satisfies(fate -> assertThat(fate.fate()).isEqualTo(Fate.PIPE_IN));
        Posix.close(pipe[0]);
    }

    @Test
    void shouldRefuseADatagramSocketBoundToAnAddress() throws IOException {
        try (DatagramChannel bound = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            assertThat(bound.isOpen()).isTrue();
            assertThat(fates(fate -> fate.fate() == Fate.REFUSED))
                    .anySatisfy(fate -> assertThat(fate.detail()).contains("datagram"));
        }
    }

    @Test
    void shouldReadEpollRegistrations() throws IOException {
        try (Selector selector = Selector.open();
                ServerSocket server = new ServerSocket(0);
                SocketChannel channel = SocketChannel.open(new InetSocketAddress("localhost", server.getLocalPort()))) {
            channel.configureBlocking(false).register(selector, java.nio.channels.SelectionKey.OP_READ);
            selector.selectNow();
            List<OpenFile> files = FdTable.read(pid);
            List<FdFate> connections = fates(fate -> fate.fate() == Fate.CONNECTION
                    && fate.facts().local().equals(localAddress(channel)));
            assertThat(connections).hasSize(1);
            assertThat(EpollSet.byWatched(EpollSet.of(pid, files)).get(connections.get(0).fd())).anySatisfy(registration -> {
                assertThat(registration.fd()).isEqualTo(connections.get(0).fd());
                assertThat(registration.events() & 1).isEqualTo(1);
                assertThat((int) registration.data()).isEqualTo(registration.fd());
            });
        }
    }

    @Test
    void shouldTakeAKnownConnectionForOneUntilItIsAskedAgain() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                SocketChannel client = SocketChannel.open(server.getLocalSocketAddress());
                Socket accepted = server.accept()) {
            FateSurvey survey = survey(homeCookie());
            FdFate first = fateOf(client, survey);
            FdFate again = fateOf(client, survey);
            assertThat(again).isSameAs(first);
            assertThat(survey.known(first.fd())).isSameAs(first.file());
            assertThat(survey.again(first, first.fd()).fate()).isEqualTo(Fate.CONNECTION);

            accepted.setSoLinger(true, 0);
            accepted.close();
            await().until(() -> survey.again(first, first.fd()).fate() == Fate.ENDED);
            assertThat(survey.examine(FdTable.read(pid))).contains(first);
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    void shouldFindAKnownConnectionUnderAnotherNumberToo() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                SocketChannel client = SocketChannel.open(server.getLocalSocketAddress())) {
            FateSurvey survey = survey(homeCookie());
            FdFate alone = fateOf(client, survey);
            int pidfd = Posix.check(Posix.pidfdOpen(pid), "pidfd_open");
            int other = Posix.check(Posix.pidfdGetfd(pidfd, alone.fd()), "pidfd_getfd");
            try {
                assertThat(fateOf(client, survey).numbers()).containsExactlyInAnyOrder(alone.fd(), other);
            } finally {
                Posix.close(other);
                Posix.close(pidfd);
            }
            assertThat(fateOf(client, survey).numbers()).containsExactly(alone.fd());
        }
    }

    private FdFate fateOf(SocketChannel channel, FateSurvey survey) throws IOException {
        List<FdFate> fates = survey.examine(FdTable.read(pid)).stream()
                .filter(fate -> fate.fate() == Fate.CONNECTION && fate.facts().local().equals(localAddress(channel)))
                .toList();
        assertThat(fates).hasSize(1);
        return fates.get(0);
    }

    private static SocketChannel connecting(SocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(address);
        return channel;
    }

    private static Object localAddress(SocketChannel channel) {
        try {
            return channel.getLocalAddress();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<FdFate> connecting(int child) throws IOException {
        return survey(child, homeCookie()).examine(FdTable.read(child)).stream()
                .filter(fate -> fate.fate() == Fate.CONNECTING)
                .toList();
    }

    private List<FdFate> fates(Predicate<FdFate> wanted) throws IOException {
        return survey(homeCookie()).examine(FdTable.read(pid)).stream().filter(wanted).toList();
    }

    private FateSurvey survey(long homeCookie) throws IOException {
        return survey(pid, homeCookie);
    }

    private static FateSurvey survey(int pid, long homeCookie) throws IOException {
        return new FateSurvey(pid, (int) Posix.check(Posix.pidfdOpen(pid), "pidfd_open"), homeCookie, file -> false);
    }

    private static long homeCookie() throws IOException {
        int socket = (int) Posix.check(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0), "socket");
        try {
            return SocketFacts.of(socket).namespaceCookie();
        } finally {
            Posix.close(socket);
        }
    }
}

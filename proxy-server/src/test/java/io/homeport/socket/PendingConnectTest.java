package io.homeport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.posix.Sockaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plays the process's part on the socket's own descriptor, over IPv4 and on a socket of either family. */
class PendingConnectTest {
    private static final int PATIENCE_MS = 10_000;

    @ParameterizedTest
    @ValueSource(ints = {Linux.AF_INET, Linux.AF_INET6})
    void shouldConnectWithTheOldOptionsAndLetABlockingConnectWaitOn(int family) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                PendingConnect socket = PendingConnect.prepare(address(server), options(family))) {
            assertThat(Posix.getsockoptInt(socket.number(), Linux.IPPROTO_TCP, Linux.TCP_NODELAY)).isEqualTo(1);
            socket.begin();

            assertThat(connectAgain(socket, address(server), family)).isZero();
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getRemoteSocketAddress()).isEqualTo(Sockets.local(socket.number()));
            }
            assertThat(Posix.fcntl(socket.number(), Linux.F_GETFL, 0) & Linux.O_NONBLOCK).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Linux.AF_INET, Linux.AF_INET6})
    void shouldTellAPollAndTheErrorOfAConnectThatHadFailed(int family) throws IOException {
        try (PendingConnect socket = PendingConnect.prepare(new InetSocketAddress("127.0.0.1", 1), options(family))) {
            socket.fail();

            assertThat(Posix.poll(socket.number(), Linux.POLLOUT, PATIENCE_MS) & Linux.POLLERR).isNotZero();
            assertThat(Sockets.takeError(socket.number())).isEqualTo(Errno.ECONNREFUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Linux.AF_INET, Linux.AF_INET6})
    void shouldTellABlockedConnectThatItIsRefusedWhereThereIsNoWay(int family) throws IOException {
        // A multicast address: connect(2) fails at once (tcp_v4_connect: ENETUNREACH).
        InetSocketAddress nowhere = new InetSocketAddress("224.0.0.1", 80);
        try (PendingConnect socket = PendingConnect.prepare(nowhere, options(family))) {
            socket.begin();

            assertThat(connectAgain(socket, nowhere, family)).isEqualTo(-Errno.ECONNREFUSED);
        }
    }

    private static int connectAgain(PendingConnect socket, InetSocketAddress address, int family) {
        return Posix.connect(socket.number(), Sockaddr.encode(address, family));
    }

    private static InetSocketAddress address(ServerSocket server) {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private static SocketOptions options(int family) throws PosixException {
        int model = Posix.check(Posix.socket(family, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0), "socket");
        Posix.setsockoptInt(model, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
        SocketOptions options = SocketOptions.read(model);
        Posix.close(model);
        return options;
    }
}

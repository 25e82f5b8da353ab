package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.Sockaddr;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener that has moved. */
@Timeout(60)
class ListenerTest {
    private static final StreamLimits LIMITS = new StreamLimits(256 << 10, 1 << 20, 1 << 30, 64 << 10, 10, 8, 100, 20);

    @TempDir
    Path dir;

    private TestNode alpha;
    private TestNode beta;
    private ShadowNet net;
    private long id;
    private InetSocketAddress address;

    @BeforeEach
    void start() throws Exception {
        alpha = new TestNode("alpha", dir, LIMITS);
        beta = new TestNode("beta", dir, LIMITS);
        TestNode.connect(alpha, beta);
        net = ShadowNet.open("test");
    }

    @AfterEach
    void stop() throws Exception {
        alpha.close();
        beta.close();
        net.close();
    }

    @Test
    void shouldAcceptWithTheRealAddressesOnBothSides() throws Exception {
        int listener = move("127.0.0.1", Linux.AF_INET, 10, () -> {});
        Socket client = connect();
        int accepted = accept(listener);
        assertThat(Sockets.remote(accepted)).isEqualTo(client.getLocalSocketAddress());
        assertThat(Sockets.local(accepted)).isEqualTo(client.getRemoteSocketAddress());
        assertThat(beta.plane.stubs().identify(net, List.of(listener, accepted)).get()).hasSize(2).containsEntry(listener, id);
        echoOneByte(client, accepted);
        Posix.close(listener);
    }

    @Test
    void shouldAcceptOnADualStackListenerAtTheWildcardAddress() throws Exception {
        int listener = move("::", Linux.AF_INET6, 10, () -> {});
        for (String to : new String[] {"127.0.0.1", "::1"}) {
            Socket client = new Socket(to, address.getPort());
            int accepted = accept(listener);
            assertThat(Sockets.remote(accepted)).isEqualTo(client.getLocalSocketAddress());
            assertThat(Sockets.local(accepted)).isEqualTo(client.getRemoteSocketAddress());
            assertThat(Sockets.family(accepted)).isEqualTo(Linux.AF_INET6);
            echoOneByte(client, accepted);
        }
        Posix.close(listener);
    }

    @Test
    void shouldAcceptLaterWhatCameOnTheRoadAndMoreThanFits() throws Exception {
        List<Socket> clients = new ArrayList<>();
        int listener = move("127.0.0.1", Linux.AF_INET, 3, () -> {
            for (int i = 0; i < 4; i++) {
                clients.add(connect());
            }
        });
        for (int i = 0; i < 12; i++) {
            clients.add(connect());
        }
        for (int i = 0; i < clients.size(); i++) {
            int accepted = accept(listener);
            InetSocketAddress remote = Sockets.remote(accepted);
            echoOneByte(clients.stream().filter(c -> c.getLocalSocketAddress().equals(remote)).findFirst().orElseThrow(), accepted);
        }
        Posix.close(listener);
    }

    @Test
    void shouldCloseTheRealListenerWithTheApplications() throws Exception {
        int listener = move("127.0.0.1", Linux.AF_INET, 10, () -> {});
        Socket client = connect();
        await().until(() -> Posix.poll(listener, Linux.POLLIN, 0) > 0);
        Posix.close(listener);
        assertThatThrownBy(() -> client.getInputStream().read()).as("never accepted").isInstanceOf(SocketException.class);
        await().atMost(30, SECONDS).untilAsserted(() -> assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class));
        await().atMost(30, SECONDS).untilAsserted(() -> assertThat(alpha.plane.describe().get()).isEmpty());
        await().atMost(30, SECONDS).untilAsserted(() -> assertThat(beta.plane.describe().get()).isEmpty());
    }

    @Test
    void shouldOfferAgainAfterTheLaneWasLost() throws Exception {
        int listener = move("127.0.0.1", Linux.AF_INET, 10, () -> {});
        TestNode.cut(alpha, beta);
        Socket client = connect();
        Thread.sleep(100);
        TestNode.restore(alpha, beta);
        echoOneByte(client, accept(listener));
        Posix.close(listener);
    }

    private interface Meanwhile {
        void run() throws Exception;
    }

    private int move(String at, int family, int backlog, Meanwhile onTheRoad) throws Exception {
        int fd = Posix.socket(family, Linux.SOCK_STREAM, 0);
        Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
        Posix.check(Posix.bind(fd, Sockaddr.encode(new InetSocketAddress(at, 0), family)), "bind");
        Posix.check(Posix.listen(fd, backlog), "listen");
        address = Sockets.local(fd);
        id = alpha.plane.deputies().newId();
        StreamState state = StreamState.listener(id, "alpha", address, backlog, SocketOptions.read(fd));
        alpha.plane.deputies().hold(Map.of(state, fd)).get();
        onTheRoad.run();
        int listener = beta.plane.stubs().prepare(net, 1, List.of(new Arrival(state, -1))).get().get(id);
        alpha.plane.deputies().open(List.of(id)).get();
        beta.plane.stubs().start(List.of(id)).get();
        return listener;
    }

    private Socket connect() throws Exception {
        Socket client = new Socket();
        client.connect(address, 5_000);
        return client;
    }

    private static int accept(int listener) throws Exception {
        assertThat(Posix.poll(listener, Linux.POLLIN, 20_000)).isPositive();
        return Posix.check(Posix.accept4(listener, null, Linux.SOCK_CLOEXEC), "accept");
    }

    private static void echoOneByte(Socket client, int accepted) throws Exception {
        try (Raw application = new Raw(accepted); client) {
            client.getOutputStream().write(3);
            assertThat(application.readFully(1)).containsExactly(3);
            application.write(new byte[] {4});
            assertThat(client.getInputStream().read()).isEqualTo(4);
        }
    }
}

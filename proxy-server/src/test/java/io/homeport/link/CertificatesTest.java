package io.homeport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.homeport.ca.CertificateAuthority;
import io.homeport.ca.OddCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Certificates that were good once, or look as if they were. */
@Timeout(60)
class CertificatesTest {
    /** Lanes are looked at often, and nothing fails because the machine is busy. */
    private static final LinkConfig.Timings PATIENT = new LinkConfig.Timings(20_000, 200, 50, 10_000, 10, 200);

    /** On a busy machine, too. */
    private static final Duration LIFE_OF_A_FEW_HANDSHAKES = Duration.ofSeconds(12);

    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.homeport.link");
    private TestCluster cluster;
    private Stranger stranger;
    private Links alpha;
    private Links beta;

    @BeforeEach
    void open() throws Exception {
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
        log.start();
        cluster = new TestCluster(directory, "alpha", "beta", "gamma").timings(PATIENT);
        stranger = new Stranger(cluster, directory);
        alpha = cluster.links("alpha");
        beta = cluster.links("beta");
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void shouldEndTheLanesOfANodeThatIsRevokedWhileTheyAreUp() throws Exception {
        Links gamma = cluster.links("gamma");
        for (Links each : List.of(alpha, beta, gamma)) {
            each.start();
        }
        await().until(() -> up(alpha, "beta") && up(alpha, "gamma") && up(beta, "gamma"));

        cluster.authority().revoke("gamma");

        await().until(() -> !up(beta, "gamma") && !up(alpha, "gamma"));
        awaitLog("node gamma may not stay connected: its certificate is revoked");
        awaitLog("its certificate is revoked", "dialling on");
        assertThat(up(alpha, "beta")).isTrue();

        Files.writeString(directory.resolve("ca/ca.crl"), "half a li");
        awaitLog("Cannot use the revocation list", "the one before it stays in force");
        Files.write(directory.resolve("ca/ca.crl"), new byte[(1 << 20) + 1]);
        awaitLog("Cannot use the revocation list", "it has 1048577 bytes; at most 1048576");
        try (SSLSocket socket = stranger.tls(new CertificateAuthority.NodeFiles(
                directory.resolve("gamma/ca.crt"), directory.resolve("gamma/node.crt"), directory.resolve("gamma/node.key"), null))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("gamma", "beta", 1))).contains("the certificate of gamma is revoked");
        }
        assertThat(up(alpha, "beta")).isTrue();
    }

    @Test
    void shouldEndTheLanesOfANodeWhoseCertificateExpiresWhileTheyAreUp() throws Exception {
        LinkConfig config = cluster.config("gamma");
        OddCertificates.expiring(directory.resolve("ca"), "gamma", directory.resolve("gamma"), LIFE_OF_A_FEW_HANDSHAKES);
        Links gamma = cluster.links(config);
        for (Links each : List.of(alpha, beta, gamma)) {
            each.start();
        }
        await().until(() -> up(alpha, "beta") && up(alpha, "gamma") && up(beta, "gamma"));

        await().atMost(LIFE_OF_A_FEW_HANDSHAKES.multipliedBy(3)).until(() -> !up(beta, "gamma") && !up(alpha, "gamma"));

        awaitLog("node gamma may not stay connected: its certificate has expired: issue a new one");
        assertThat(up(alpha, "beta")).isTrue();
    }

    @Test
    void shouldRefuseAnExpiredCertificate() throws Exception {
        beta.start();
        try (SSLSocket socket = stranger.tls(OddCertificates.expired(directory.resolve("ca"), "alpha", directory.resolve("old")))) {
            Stranger.assertRefused(socket, Stranger.hello("alpha", "beta", 1));
        }
        awaitLog("for lane STREAM", "TLS failed: the certificate has expired", "every node needs a certificate");
        assertThat(up(beta, "alpha")).isFalse();
    }

    @Test
    void shouldRefuseACertificateThatAnotherNodeHasIssued() throws Exception {
        beta.start();
        CertificateAuthority.NodeFiles forged = OddCertificates.issuedBy(stranger.files("gamma"), "alpha", stranger.files("delta"));
        try (SSLSocket socket = stranger.tls(forged)) {
            Stranger.assertRefused(socket, Stranger.hello("alpha", "beta", 1));
        }
        awaitLog("for lane STREAM", "TLS failed: ");
        assertThat(up(beta, "alpha")).isFalse();
    }

    @Test
    void shouldRefuseAHandshakeThatWasRecorded() throws Exception {
        beta.start();
        try (Recorder recorder = new Recorder(cluster.address("beta"))) {
            LinkConfig direct = cluster.config("alpha");
            alpha = cluster.links(new LinkConfig("alpha", direct.listenAddresses().get(0), Map.of("beta", recorder.address()), direct.tls(), direct.timings()));
            alpha.start();
            await().until(() -> up(beta, "alpha") && up(alpha, "beta"));

            for (byte[] said : recorder.said()) {
                try (Socket socket = stranger.connect()) {
                    socket.getOutputStream().write(said);
                    Stranger.assertClosed(socket);
                }
            }
            awaitLog("Refused a connection from /127.0.1.", "for lane STREAM", "TLS failed: ");
            awaitLog("Refused a connection from /127.0.1.", "for lane CONTROL", "TLS failed: ");
            synchronized (log) {
                assertThat(log.list).noneMatch(event -> event.getFormattedMessage().contains("to node alpha is down"));
            }
            assertThat(up(beta, "alpha")).isTrue();
        }
    }

    private static boolean up(Links at, String node) {
        return at.peer(node).up(TrafficClass.STREAM);
    }

    private void awaitLog(String... parts) {
        await().untilAsserted(() -> {
            synchronized (log) { // AppenderBase.doAppend is synchronized
                assertThat(log.list).anySatisfy(event -> assertThat(event.getFormattedMessage()).contains(parts));
            }
        });
    }

    /** Forwards connections and keeps what the side that dialled has said. */
    private static final class Recorder implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<ByteArrayOutputStream> said = new CopyOnWriteArrayList<>();
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();

        Recorder(InetSocketAddress target) throws IOException {
            start(() -> {
                while (true) {
                    Socket near = server.accept();
                    Socket far = new Socket(target.getAddress(), target.getPort());
                    sockets.addAll(List.of(near, far));
                    ByteArrayOutputStream kept = new ByteArrayOutputStream();
                    said.add(kept);
                    start(() -> forward(near, far, kept));
                    start(() -> forward(far, near, new ByteArrayOutputStream()));
                }
            });
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        List<byte[]> said() {
            return said.stream().map(ByteArrayOutputStream::toByteArray).toList();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }

        private interface Task {
            void run() throws IOException;
        }

        private static void forward(Socket from, Socket to, ByteArrayOutputStream kept) throws IOException {
            byte[] buffer = new byte[16 << 10];
            for (int read = from.getInputStream().read(buffer); read >= 0; read = from.getInputStream().read(buffer)) {
                kept.write(buffer, 0, read);
                to.getOutputStream().write(buffer, 0, read);
            }
            to.shutdownOutput();
        }

        private static void start(Task task) {
            Thread thread = new Thread(() -> {
                try {
                    task.run();
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
    }
}

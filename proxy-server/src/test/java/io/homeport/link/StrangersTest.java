package io.homeport.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.homeport.ca.CertificateAuthority;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is not a peer, or not a sane one, ends its own connection with a logged reason and does nothing else. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangersTest {
    @TempDir
    static Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.homeport.link");
    private Stranger stranger;
    private TestCluster cluster;
    private Links alpha;
    private Links beta;
    private RecordingListener atBeta;

    @BeforeAll
    void open() throws Exception {
        logger.setLevel(Level.WARN); // tests are quiet by default
        logger.addAppender(log);
        log.start();
        cluster = new TestCluster(directory, "alpha", "beta");
        stranger = new Stranger(cluster, directory);
        alpha = cluster.links("alpha");
        beta = cluster.links("beta");
        atBeta = new RecordingListener();
        beta.register(TrafficClass.STREAM, atBeta);
        alpha.start();
        beta.start();
        awaitUp();
    }

    @BeforeEach
    void forget() {
        log.list.clear();
        atBeta.frames.clear();
        awaitUp();
    }

    @AfterEach
    void peersShouldTalkOnWhateverAStrangerDid() {
        awaitUp();
        alpha.peer("beta").send(TrafficClass.STREAM, RecordingListener.data(1, 0, "still here".getBytes(UTF_8)));
        alpha.peer("beta").flush(TrafficClass.STREAM);
        await().until(() -> atBeta.frames.stream().anyMatch(frame -> new String(frame.payload(), UTF_8).equals("still here")));
    }

    @AfterAll
    void close() throws Exception {
        cluster.close();
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void shouldRefuseGarbage() throws Exception {
        try (Socket socket = stranger.connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: beta\r\n\r\n".getBytes(UTF_8));
            Stranger.assertClosed(socket);
        }
        awaitLog("Refused a connection from /127.0.1.", "it is no Homeport node: it began with bytes 474554202f204854");
    }

    @Test
    void shouldRefuseGarbageAfterAPreamble() throws Exception {
        try (Socket socket = stranger.connect()) {
            byte[] garbage = new byte[5_000];
            new Random(1).nextBytes(garbage);
            socket.getOutputStream().write(Stranger.PREAMBLE);
            socket.getOutputStream().write(garbage);
            Stranger.assertClosed(socket);
        }
        awaitLog("for lane STREAM", "TLS failed");
    }

    @Test
    void shouldRefuseWhoSaysNothing() throws Exception {
        try (Socket socket = stranger.connect()) {
            Stranger.assertClosed(socket);
        }
        awaitLog("it said nothing");
        try (Socket socket = stranger.connect()) {
            socket.getOutputStream().write(Stranger.PREAMBLE);
            Stranger.assertClosed(socket);
        }
        awaitLog("for lane STREAM", "no answer within 1000 ms");
    }

    @Test
    void shouldTakeAPreambleInPieces() throws Exception {
        try (Socket socket = stranger.connect()) {
            for (byte each : Stranger.PREAMBLE) {
                socket.getOutputStream().write(each);
                Thread.sleep(5);
            }
            Stranger.assertClosed(socket);
        }
        awaitLog("for lane STREAM", "no answer within 1000 ms");
    }

    @Test
    void shouldRefuseWithoutTls() throws Exception {
        try (Socket socket = stranger.connect()) {
            socket.getOutputStream().write(new byte[] {'H', 'P', 'R', 'T', 1, 1, 0, 0});
            Stranger.assertClosed(socket);
        }
        awaitLog("it does not use TLS: give that node a certificate");
    }

    @Test
    void shouldRefuseWithoutCertificate() throws Exception {
        try (SSLSocket socket = stranger.tls(null)) {
            Stranger.assertRefused(socket, Stranger.hello("alpha", "beta", 1));
        }
        awaitLog("for lane STREAM", "TLS failed: ", "CERTIFICATE");
    }

    @Test
    void shouldRefuseCertificatesOfAnotherCluster() throws Exception {
        Path other = directory.resolve("other");
        CertificateAuthority.NodeFiles files = CertificateAuthority.create(other).issue("alpha", other.resolve("alpha"));
        try (SSLSocket socket = stranger.tls(files)) {
            Stranger.assertRefused(socket, Stranger.hello("alpha", "beta", 1));
        }
        awaitLog("for lane STREAM", "TLS failed: ");
    }

    @Test
    void shouldRefuseAnotherNodesName() throws Exception {
        try (SSLSocket socket = stranger.tls(stranger.files("gamma"))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("alpha", "beta", 1))).contains("it calls itself alpha but has a certificate for [gamma]");
        }
        awaitLog("homeport ca issue DIR alpha");
    }

    @Test
    void shouldRefuseNodesThatAreNotConfigured() throws Exception {
        try (SSLSocket socket = stranger.tls(stranger.files("aaron"))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("aaron", "beta", 1))).contains("node aaron is not a peer of beta");
        }
    }

    @Test
    void shouldRefuseWhoLooksForAnotherNode() throws Exception {
        try (SSLSocket socket = stranger.tls(stranger.files("alpha"))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("alpha", "gamma", 1))).contains("node alpha looks for gamma, this is beta");
        }
    }

    @Test
    void shouldRefuseOtherProtocolVersions() throws Exception {
        try (SSLSocket socket = stranger.tls(stranger.files("alpha"))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("alpha", "beta", 9))).contains("speaks protocol 9 to 9");
        }
    }

    @Test
    void shouldRefuseRevokedCertificates() throws Exception {
        CertificateAuthority.NodeFiles files = stranger.files("aaron");
        cluster.authority().revoke("aaron");
        Files.setLastModifiedTime(directory.resolve("ca/ca.crl"), FileTime.fromMillis(1_000)); // surely another time than before
        try (SSLSocket socket = stranger.tls(files)) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("aaron", "beta", 1))).contains("the certificate of aaron is revoked");
        }
    }

    @Test
    void shouldRefuseLongFramesBeforeTheHandshake() throws Exception {
        try (SSLSocket socket = stranger.tls(stranger.files("alpha"))) {
            Stranger.assertRefused(socket, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(100_000).putInt(0).array());
        }
        awaitLog("it sent a frame of 100000 bytes; allowed are 8 to 2048");
    }

    @Test
    void shouldRefuseAHelloWhoseTextsAreLongerThanTheFrame() throws Exception {
        byte[] hello = Stranger.hello("alpha", "beta", 1);
        ByteBuffer.wrap(hello).order(ByteOrder.LITTLE_ENDIAN).putInt(4 + 8 + 27, 0x7ffffff0);
        try (SSLSocket socket = stranger.tls(stranger.files("alpha"))) {
            Stranger.assertRefused(socket, hello);
        }
        awaitLog("it sent a node name of 2147483632 bytes");
    }

    @Test
    void shouldEndTheLaneOfAPeerGoneMad() throws Exception {
        try (SSLSocket socket = stranger.tls(stranger.files("alpha"))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("alpha", "beta", 1))).isEmpty(); // replaces the lane of the real alpha
            socket.getOutputStream().write(ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(0x7fffffff).putLong(0).array());
            Stranger.assertClosed(socket);
        }
        awaitLog("Lane STREAM to node alpha is down: node alpha sent a frame of 2147483647 bytes; allowed are 8 to 1048576");
        await().until(() -> alpha.peer("beta").up(TrafficClass.STREAM));
        try (SSLSocket socket = stranger.tls(stranger.files("alpha"))) {
            assertThat(Stranger.helloReply(socket, Stranger.hello("alpha", "beta", 1))).isEmpty();
            socket.getOutputStream().write(ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN).putInt(32).putShort((short) 20)
                    .putShort((short) 23).putShort((short) 101).putShort((short) 1).position(4 + 28).putInt(77).array());
            Stranger.assertClosed(socket);
        }
        awaitLog("Lane STREAM to node alpha is down: node alpha sent a payload of 77 bytes in a frame of 32");
        await().until(() -> alpha.peer("beta").up(TrafficClass.STREAM));
        assertThat(snapshot()).noneMatch(event -> event.getFormattedMessage().contains("CONTROL to node alpha is down"));
    }

    @Test
    void shouldNotDialAnImpostor() throws Exception {
        // gamma answers where alpha expects beta.
        Links gamma = cluster.links(new LinkConfig(
                "gamma", new InetSocketAddress("127.0.0.1", 0), Map.of("alpha", cluster.address("alpha")), cluster.certificateFor("gamma"), TestCluster.QUICK));
        gamma.start();
        Links aaron = cluster.links(new LinkConfig(
                "aaron", new InetSocketAddress("127.0.0.1", 0), Map.of("beta", gamma.listenAddress()), cluster.certificateFor("aaron"), TestCluster.QUICK));
        aaron.start();
        awaitLog("to node beta at /127.0.0.1", "it shows a certificate for [gamma]: check the address of beta");
        assertThat(aaron.peer("beta").up(TrafficClass.STREAM)).isFalse();
        aaron.close();
        gamma.close();
    }

    @Test
    void shouldNotStartWithAnotherNodesCertificate() throws Exception {
        Links links = cluster.links(new LinkConfig(
                "aaron", new InetSocketAddress("127.0.0.1", 0), Map.of(), cluster.certificateFor("gamma"), TestCluster.QUICK));
        assertThatThrownBy(links::start).hasMessageContaining("is for [gamma], not for node aaron");
    }

    private void awaitUp() {
        await().pollInterval(Duration.ofMillis(5)).until(() -> alpha.peer("beta").up(TrafficClass.STREAM) && beta.peer("alpha").up(TrafficClass.STREAM));
    }

    private void awaitLog(String... parts) {
        await().untilAsserted(() -> assertThat(snapshot()).anySatisfy(
                event -> assertThat(event.getFormattedMessage()).contains(parts)));
    }

    private List<ILoggingEvent> snapshot() {
        synchronized (log) { // AppenderBase.doAppend is synchronized
            return List.copyOf(log.list);
        }
    }
}

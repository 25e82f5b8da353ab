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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
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
@Timeout(20)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangersTest {
    private static final byte[] PREAMBLE = {'H', 'P', 'R', 'T', 1, 1, 1, 0};

    @TempDir
    static Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.homeport.link");
    private int strangers;
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
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: beta\r\n\r\n".getBytes(UTF_8));
            assertClosed(socket);
        }
        awaitLog("Refused a connection from /127.0.1.", "it is no Homeport node: it began with bytes 474554202f204854");
    }

    @Test
    void shouldRefuseGarbageAfterAPreamble() throws Exception {
        try (Socket socket = connect()) {
            byte[] garbage = new byte[5_000];
            new Random(1).nextBytes(garbage);
            socket.getOutputStream().write(PREAMBLE);
            socket.getOutputStream().write(garbage);
            assertClosed(socket);
        }
        awaitLog("for lane STREAM", "TLS failed");
    }

    @Test
    void shouldRefuseWhoSaysNothing() throws Exception {
        try (Socket socket = connect()) {
            assertClosed(socket);
        }
        awaitLog("it said nothing");
        try (Socket socket = connect()) {
            socket.getOutputStream().write(PREAMBLE);
            assertClosed(socket);
        }
        awaitLog("for lane STREAM", "no answer within 1000 ms");
    }

    @Test
    void shouldTakeAPreambleInPieces() throws Exception {
        try (Socket socket = connect()) {
            for (byte each : PREAMBLE) {
                socket.getOutputStream().write(each);
                Thread.sleep(5);
            }
            assertClosed(socket);
        }
        awaitLog("for lane STREAM", "no answer within 1000 ms");
    }

    @Test
    void shouldRefuseWithoutTls() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(new byte[] {'H', 'P', 'R', 'T', 1, 1, 0, 0});
            assertClosed(socket);
        }
        awaitLog("it does not use TLS: give that node a certificate");
    }

    @Test
    void shouldRefuseWithoutCertificate() throws Exception {
        try (SSLSocket socket = tls(null)) {
            assertRefused(socket, hello("alpha", "beta", 1));
        }
        awaitLog("for lane STREAM", "TLS failed: ", "CERTIFICATE");
    }

    @Test
    void shouldRefuseCertificatesOfAnotherCluster() throws Exception {
        Path other = directory.resolve("other");
        CertificateAuthority.NodeFiles files = CertificateAuthority.create(other).issue("alpha", other.resolve("alpha"));
        try (SSLSocket socket = tls(files)) {
            assertRefused(socket, hello("alpha", "beta", 1));
        }
        awaitLog("for lane STREAM", "TLS failed: ");
    }

    @Test
    void shouldRefuseAnotherNodesName() throws Exception {
        try (SSLSocket socket = tls(files("gamma"))) {
            assertThat(helloReply(socket, hello("alpha", "beta", 1))).contains("it calls itself alpha but has a certificate for [gamma]");
        }
        awaitLog("homeport ca issue DIR alpha");
    }

    @Test
    void shouldRefuseNodesThatAreNotConfigured() throws Exception {
        try (SSLSocket socket = tls(files("aaron"))) {
            assertThat(helloReply(socket, hello("aaron", "beta", 1))).contains("node aaron is not a peer of beta");
        }
    }

    @Test
    void shouldRefuseWhoLooksForAnotherNode() throws Exception {
        try (SSLSocket socket = tls(files("alpha"))) {
            assertThat(helloReply(socket, hello("alpha", "gamma", 1))).contains("node alpha looks for gamma, this is beta");
        }
    }

    @Test
    void shouldRefuseOtherProtocolVersions() throws Exception {
        try (SSLSocket socket = tls(files("alpha"))) {
            assertThat(helloReply(socket, hello("alpha", "beta", 9))).contains("speaks protocol 9 to 9");
        }
    }

    @Test
    void shouldRefuseRevokedCertificates() throws Exception {
        CertificateAuthority.NodeFiles files = files("aaron");
        cluster.authority().revoke("aaron");
        Files.setLastModifiedTime(directory.resolve("ca/ca.crl"), FileTime.fromMillis(1_000)); // surely another time than before
        try (SSLSocket socket = tls(files)) {
            assertThat(helloReply(socket, hello("aaron", "beta", 1))).contains("the certificate of aaron is revoked");
        }
    }

    @Test
    void shouldRefuseLongFramesBeforeTheHandshake() throws Exception {
        try (SSLSocket socket = tls(files("alpha"))) {
            assertRefused(socket, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(100_000).putInt(0).array());
        }
        awaitLog("it sent a frame of 100000 bytes; allowed are 8 to 2048");
    }

    @Test
    void shouldRefuseAHelloWhoseTextsAreLongerThanTheFrame() throws Exception {
        byte[] hello = hello("alpha", "beta", 1);
        ByteBuffer.wrap(hello).order(ByteOrder.LITTLE_ENDIAN).putInt(4 + 8 + 27, 0x7ffffff0);
        try (SSLSocket socket = tls(files("alpha"))) {
            assertRefused(socket, hello);
        }
        awaitLog("it sent a node name of 2147483632 bytes");
    }

    @Test
    void shouldEndTheLaneOfAPeerGoneMad() throws Exception {
        try (SSLSocket socket = tls(files("alpha"))) {
            assertThat(helloReply(socket, hello("alpha", "beta", 1))).isEmpty(); // replaces the lane of the real alpha
            socket.getOutputStream().write(ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(0x7fffffff).putLong(0).array());
            assertClosed(socket);
        }
        awaitLog("Lane STREAM to node alpha is down: node alpha sent a frame of 2147483647 bytes; allowed are 8 to 1048576");
        await().until(() -> alpha.peer("beta").up(TrafficClass.STREAM));
        try (SSLSocket socket = tls(files("alpha"))) {
            assertThat(helloReply(socket, hello("alpha", "beta", 1))).isEmpty();
            socket.getOutputStream().write(ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN).putInt(32).putShort((short) 20)
                    .putShort((short) 23).putShort((short) 101).putShort((short) 1).position(4 + 28).putInt(77).array());
            assertClosed(socket);
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

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        // Each stranger comes from an address of its own: one that comes again and again is logged only once in a while.
        socket.bind(new InetSocketAddress("127.0.1." + ++strangers, 0));
        socket.connect(cluster.address("beta"));
        socket.setSoTimeout(5_000);
        return socket;
    }

    private CertificateAuthority.NodeFiles files(String node) throws IOException {
        return cluster.authority().issue(node, directory.resolve("stranger-" + node));
    }

    private SSLSocket tls(CertificateAuthority.NodeFiles files) throws Exception {
        Socket socket = connect();
        socket.getOutputStream().write(PREAMBLE);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", cluster.authority().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManagerFactory keys = null;
        if (files != null) {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            String pem = Files.readString(files.key()).replaceAll("-----.*-----", "").replaceAll("\\s", "");
            own.setKeyEntry("node", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))), new char[0],
                    new Certificate[] {CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(Files.readAllBytes(files.certificate())))});
            keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, new char[0]);
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(socket, "beta", 1, true);
    }

    /** A Hello frame with its length prefix, for the STREAM lane. */
    private static byte[] hello(String node, String target, int version) {
        ByteBuffer out = ByteBuffer.allocate(4 + 8 + 27 + 4 + node.length() + 4 + target.length()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(out.capacity() - 4).putShort((short) 27).putShort((short) 1).putShort((short) 101).putShort((short) 1);
        out.putLong(4711).putLong(0).putInt(100).putShort((short) version).putShort((short) version).putShort((short) 0).put((byte) 1);
        return out.putInt(node.length()).put(node.getBytes(UTF_8)).putInt(target.length()).put(target.getBytes(UTF_8)).array();
    }

    /** The reason in the HelloReply; empty if we are welcome. */
    private static String helloReply(SSLSocket socket, byte[] hello) throws IOException {
        socket.getOutputStream().write(hello);
        InputStream in = socket.getInputStream();
        ByteBuffer length = ByteBuffer.wrap(in.readNBytes(4)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer reply = ByteBuffer.wrap(in.readNBytes(length.getInt())).order(ByteOrder.LITTLE_ENDIAN);
        reply.position(8 + reply.getShort(0));
        reply.position(reply.position() + 4 + reply.getInt(reply.position()));
        byte[] reason = new byte[reply.getInt()];
        reply.get(reason);
        return new String(reason, UTF_8);
    }

    private static void assertRefused(SSLSocket socket, byte[] frame) {
        try {
            socket.getOutputStream().write(frame);
            while (socket.getInputStream().read() >= 0) {
                // until it ends
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither answered nor closed", e);
        } catch (IOException e) {
            // refused by TLS, or reset
        }
    }

    private static void assertClosed(Socket socket) throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // until it ends
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither answered nor closed", e);
        } catch (IOException e) {
            // reset
        }
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

package io.homeport.link;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client of node beta's links that speaks the protocol by hand: the JDK's TLS, and bytes. */
final class Stranger {
    /** Of the STREAM lane, with TLS. */
    static final byte[] PREAMBLE = {'H', 'P', 'R', 'T', 1, 1, 1, 0};

    private static final AtomicInteger STRANGERS = new AtomicInteger();

    private final TestCluster cluster;
    private final Path directory;

    Stranger(TestCluster cluster, Path directory) {
        this.cluster = cluster;
        this.directory = directory;
    }

    /** A connection from an address of its own: one that comes again and again is logged only once in a while. */
    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress("127.0.1." + STRANGERS.incrementAndGet(), 0));
        socket.connect(cluster.address("beta"));
        socket.setSoTimeout(5_000);
        return socket;
    }

    /** A certificate of the cluster. */
    CertificateAuthority.NodeFiles files(String node) throws IOException {
        return cluster.authority().issue(node, directory.resolve("stranger-" + node));
    }

    /** A connection with TLS, by the certificates in {@code files}, or none if that is null. */
    SSLSocket tls(CertificateAuthority.NodeFiles files) throws Exception {
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
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(Files.readAllBytes(files.certificate())))
                            .toArray(Certificate[]::new));
            keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, new char[0]);
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(socket, "beta", 1, true);
    }

    /** A Hello frame with its length prefix, for the STREAM lane. */
    static byte[] hello(String node, String target, int version) {
        ByteBuffer out = ByteBuffer.allocate(4 + 8 + 27 + 4 + node.length() + 4 + target.length()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(out.capacity() - 4).putShort((short) 27).putShort((short) 1).putShort((short) 101).putShort((short) 1);
        out.putLong(4711).putLong(0).putInt(100).putShort((short) version).putShort((short) version).putShort((short) 0).put((byte) 1);
        return out.putInt(node.length()).put(node.getBytes(UTF_8)).putInt(target.length()).put(target.getBytes(UTF_8)).array();
    }

    /** The reason in the HelloReply; empty if we are welcome. */
    static String helloReply(SSLSocket socket, byte[] hello) throws IOException {
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

    static void assertRefused(SSLSocket socket, byte[] frame) {
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

    static void assertClosed(Socket socket) throws IOException {
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
}

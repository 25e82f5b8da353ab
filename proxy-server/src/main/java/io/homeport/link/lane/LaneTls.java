package io.homeport.link.lane;

import io.homeport.wire.link.Welcome;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.3 with certificates on both sides, by BoringSSL where its library loads (more than twice as fast as the JDK's), else
 * by the JDK. Whether a certificate belongs to a node is decided here and not by host names: nodes are known by name, not
 * by address.
 *
 * <p>Thread-safe; nothing to close.
 */
public final class LaneTls {
    /** subjectAltName of type dNSName (RFC 5280, 4.2.1.6; X509Certificate.getSubjectAlternativeNames). */
    private static final Integer DNS_NAME = 2;

    /** Some 30,000 certificates: enough for any cluster, no room for somebody who fills the daemon's memory. */
    private static final long MAX_REVOCATIONS_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LaneTls.class);

    private final SslContext client;
    private final SslContext server;
    private final X509Certificate authority;
    private final Path revocationsFile;
    private X509CRL revocations;
    private FileTime revocationsRead;

    private LaneTls(SslContext client, SslContext server, X509Certificate authority, Path revocationsFile) {
        this.client = client;
        this.server = server;
        this.authority = authority;
        this.revocationsFile = revocationsFile;
    }

    /**
     * Reads PEM files.
     *
     * @param revocations revocation list, or null; read again when it has changed
     * @throws IOException if one can't be read or used, or the certificate does not name {@code node}
     */
    public static LaneTls open(String node, Path authority, Path certificate, Path key, Path revocations) throws IOException {
        SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        try {
            Credentials credentials = Credentials.read(certificate, key);
            X509Certificate own = credentials.certificates()[0];
            X509Certificate[] trusted = Credentials.readCertificates(authority);
            own.checkValidity();
            if (!names(own).contains(node)) {
                throw new IOException(certificate + " is for " + names(own) + ", not for node " + node
                        + " (make one with: homeport ca issue DIR " + node + ")");
            }
            SslContext client = SslContextBuilder.forClient()
                    .keyManager(credentials.key(), credentials.certificates())
                    .trustManager(trusted)
                    .sslProvider(provider)
                    .protocols("TLSv1.3")
                    .endpointIdentificationAlgorithm(null) // Netty 4.2 would check the host name: see the type comment
                    .build();
            SslContext server = SslContextBuilder.forServer(credentials.key(), credentials.certificates())
                    .trustManager(trusted)
                    .clientAuth(ClientAuth.REQUIRE)
                    .sslProvider(provider)
                    .protocols("TLSv1.3")
                    .build();
            LaneTls tls = new LaneTls(client, server, trusted[0], revocations);
            tls.readRevocationsIfChanged();
            return tls;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("cannot use " + certificate + " and " + key + ": " + e.getMessage(), e);
        }
    }

    SslHandler newClientHandler(ByteBufAllocator allocator) {
        return client.newHandler(allocator);
    }

    SslHandler newServerHandler(ByteBufAllocator allocator) {
        return server.newHandler(allocator);
    }

    /** Whether the peer of this session is {@code node}: ACCEPTED, WRONG_CERTIFICATE or REVOKED. */
    Welcome verify(SSLSession session, String node) {
        try {
            X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            if (!names(certificate).contains(node)) {
                return Welcome.WRONG_CERTIFICATE;
            }
            return revoked(certificate) ? Welcome.REVOKED : Welcome.ACCEPTED;
        } catch (GeneralSecurityException | IOException e) {
            return Welcome.WRONG_CERTIFICATE;
        }
    }

    /** Why a lane that is up must not stay so: its peer's certificate has been revoked, or has expired, since; empty if neither. */
    Optional<String> lapsed(SSLSession session) {
        try {
            X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            if (revoked(certificate)) {
                return Optional.of("its certificate is revoked: issue a new one (homeport ca issue)");
            }
            certificate.checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of("its certificate has expired: issue a new one (homeport ca issue)");
        } catch (GeneralSecurityException | IOException e) {
            return Optional.of("its certificate cannot be checked: " + e.getMessage());
        }
    }

    /** The names in the certificate of the peer, for messages. */
    static String describe(SSLSession session) {
        try {
            return "a certificate for " + names((X509Certificate) session.getPeerCertificates()[0]);
        } catch (GeneralSecurityException | IOException e) {
            return "no certificate";
        }
    }

    private synchronized boolean revoked(X509Certificate certificate) {
        try {
            readRevocationsIfChanged();
        } catch (IOException | GeneralSecurityException e) {
            // It may be in the middle of being copied: what was revoked before stays so, and nobody else is locked out.
            LOG.error("Cannot use the revocation list {}, the one before it stays in force: {}", revocationsFile, e.getMessage());
        }
        return revocations != null && revocations.isRevoked(certificate);
    }

    /** Reads the list once for each change; an older one than that in force is not taken. */
    private synchronized void readRevocationsIfChanged() throws IOException, GeneralSecurityException {
        if (revocationsFile == null || !Files.exists(revocationsFile)) {
            return; // a list once read stays in force when its file is removed
        }
        FileTime changed = Files.getLastModifiedTime(revocationsFile);
        if (changed.equals(revocationsRead)) {
            return;
        }
        revocationsRead = changed;
        if (Files.size(revocationsFile) > MAX_REVOCATIONS_BYTES) {
            throw new IOException("it has " + Files.size(revocationsFile) + " bytes; at most " + MAX_REVOCATIONS_BYTES);
        }
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(revocationsFile))) {
            X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
            list.verify(authority.getPublicKey());
            if (revocations != null && list.getThisUpdate().before(revocations.getThisUpdate())) {
                throw new IOException("it is of " + list.getThisUpdate() + ", older than the one in force, of " + revocations.getThisUpdate());
            }
            revocations = list;
        }
    }

    private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream().filter(name -> DNS_NAME.equals(name.get(0))).map(name -> (String) name.get(1)).toList();
    }
}

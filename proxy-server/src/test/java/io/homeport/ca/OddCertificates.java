package io.homeport.ca;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;

/** Certificates that no proper authority would issue today. */
public final class OddCertificates {
    private OddCertificates() {}

    /** The cluster's own, but of three years ago: expired. */
    public static CertificateAuthority.NodeFiles expired(Path authority, String node, Path out) throws IOException {
        return CertificateAuthority.open(authority, Clock.offset(Clock.systemUTC(), Duration.ofDays(-3 * 365))).issue(node, out);
    }

    /** The cluster's own, which expires after {@code left}. */
    public static void expiring(Path authority, String node, Path out, Duration left) throws IOException {
        CertificateAuthority.open(authority, Clock.offset(Clock.systemUTC(), left.minus(Certificates.NODE_VALIDITY))).issue(node, out);
    }

    /** One for {@code node} that {@code issuer}, a node with a proper certificate, has signed by itself; the chain leads to the authority. */
    public static CertificateAuthority.NodeFiles issuedBy(CertificateAuthority.NodeFiles issuer, String node, CertificateAuthority.NodeFiles keyOfNode)
            throws IOException, GeneralSecurityException {
        Certificates certificates = new Certificates(Clock.systemUTC(), new SecureRandom());
        X509Certificate forged = certificates.forNode(
                node, read(keyOfNode.certificate()).getPublicKey(), read(issuer.certificate()), key(issuer.key()));
        Path chain = keyOfNode.certificate().resolveSibling("forged.crt");
        Files.writeString(chain, "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(forged.getEncoded())
                + "\n-----END CERTIFICATE-----\n" + Files.readString(issuer.certificate()));
        return new CertificateAuthority.NodeFiles(keyOfNode.authority(), chain, keyOfNode.key(), keyOfNode.revocations());
    }

    private static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file).replaceAll("-----.*-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }
}

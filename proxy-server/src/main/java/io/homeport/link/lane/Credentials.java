package io.homeport.link.lane;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * A node's private key and its certificates, its own first. Read here and not by Netty, which would load all of BouncyCastle for it: half of a
 * daemon's start.
 */
record Credentials(PrivateKey key, X509Certificate... certificates) {
    private static final String KEY = "PRIVATE KEY";

    /** @throws IOException if the files can't be read, or the key is not PKCS#8 without a password */
    static Credentials read(Path certificateFile, Path keyFile) throws IOException, GeneralSecurityException {
        X509Certificate[] certificates = readCertificates(certificateFile);
        try (PemReader reader = new PemReader(new StringReader(Files.readString(keyFile, StandardCharsets.US_ASCII)))) {
            PemObject block = reader.readPemObject();
            if (block == null || !block.getType().equals(KEY)) {
                throw new IOException(keyFile + " holds no " + KEY + " but " + (block == null ? "nothing in PEM" : block.getType())
                        + ": convert it with openssl pkcs8 -topk8 -nocrypt -in " + keyFile + " -out NEW");
            }
            KeyFactory keys = KeyFactory.getInstance(certificates[0].getPublicKey().getAlgorithm());
            return new Credentials(keys.generatePrivate(new PKCS8EncodedKeySpec(block.getContent())), certificates);
        }
    }

    /** All certificates of a file, at least one. */
    static X509Certificate[] readCertificates(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] certificates = CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw new IOException(file + " holds no certificate");
            }
            return certificates;
        }
    }
}

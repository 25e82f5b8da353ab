package io.homeport.ca;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A certificate authority in a directory.
 *
 * <pre>
 *   DIR/ca.crt   its certificate: copied to every node
 *   DIR/ca.key   its private key: stays here, readable to the owner only
 *   DIR/ca.crl   revocation list: copied to every node after a revoke
 *   DIR/issued/NODE-SERIAL.crt   what it has issued, so that a node can be revoked by name
 * </pre>
 *
 * <p>Keys are EC P-256: TLS 1.3 handshakes cost a fraction of RSA's. One thread at a time; nothing to close.
 */
public final class CertificateAuthority {
    /** File names in an authority's directory and in a node's. */
    public static final String AUTHORITY_FILE = "ca.crt";

    public static final String REVOCATIONS_FILE = "ca.crl";
    public static final String CERTIFICATE_FILE = "node.crt";
    public static final String KEY_FILE = "node.key";
    private static final String AUTHORITY_KEY_FILE = "ca.key";
    private static final String ISSUED_DIRECTORY = "issued";

    /** One DNS label (RFC 1035, 2.3.4): the name also stands in file names and in /net/NODE. */
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private final Path directory;
    private final X509Certificate certificate;
    private final PrivateKey key;
    private final Certificates certificates;

    private CertificateAuthority(Path directory, X509Certificate certificate, PrivateKey key, Clock clock) {
        this.directory = directory;
        this.certificate = certificate;
        this.key = key;
        this.certificates = new Certificates(clock, new SecureRandom());
    }

    /** What a node needs, all PEM. */
    public record NodeFiles(Path authority, Path certificate, Path key, Path revocations) {}

    /**
     * Makes a new authority in {@code directory}, which is made if need be.
     *
     * @throws FileAlreadyExistsException if there is one already
     */
    public static CertificateAuthority create(Path directory) throws IOException {
        return create(directory, Clock.systemUTC());
    }

    static CertificateAuthority create(Path directory, Clock clock) throws IOException {
        Path certificateFile = directory.resolve(AUTHORITY_FILE);
        Path keyFile = directory.resolve(AUTHORITY_KEY_FILE);
        if (Files.exists(certificateFile) || Files.exists(keyFile)) {
            throw new FileAlreadyExistsException(directory + " holds a certificate authority already");
        }
        makeDirectory(directory);
        try {
            KeyPair keys = newKeys();
            X509Certificate certificate = new Certificates(clock, new SecureRandom()).selfSigned(keys);
            PemFiles.writePrivate(keyFile, "PRIVATE KEY", keys.getPrivate().getEncoded());
            PemFiles.writePublic(certificateFile, "CERTIFICATE", certificate.getEncoded());
            CertificateAuthority authority = new CertificateAuthority(directory, certificate, keys.getPrivate(), clock);
            authority.writeRevocations(List.of());
            return authority;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate authority in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Opens the authority in {@code directory}. */
    public static CertificateAuthority open(Path directory) throws IOException {
        return open(directory, Clock.systemUTC());
    }

    static CertificateAuthority open(Path directory, Clock clock) throws IOException {
        if (!Files.isReadable(directory.resolve(AUTHORITY_KEY_FILE))) {
            throw new IOException(directory + " holds no certificate authority (make one with: homeport ca init " + directory + ")");
        }
        try {
            byte[] key = PemFiles.read(directory.resolve(AUTHORITY_KEY_FILE), "PRIVATE KEY");
            PrivateKey privateKey = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
            return new CertificateAuthority(directory, readCertificate(directory.resolve(AUTHORITY_FILE)), privateKey, clock);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot open the certificate authority in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** The certificate that nodes trust. */
    public X509Certificate certificate() {
        return certificate;
    }

    /**
     * Issues a certificate for a node and writes it, its key, the authority's certificate and the revocation list to
     * {@code outDirectory}, replacing what was there.
     *
     * @param node one DNS label in lower case
     */
    public NodeFiles issue(String node, Path outDirectory) throws IOException {
        if (!NODE.matcher(node).matches()) {
            throw new IllegalArgumentException("node name '" + node + "' must be lower-case letters, digits and '-', at most 63 of them");
        }
        NodeFiles files = new NodeFiles(outDirectory.resolve(AUTHORITY_FILE), outDirectory.resolve(CERTIFICATE_FILE),
                outDirectory.resolve(KEY_FILE), outDirectory.resolve(REVOCATIONS_FILE));
        makeDirectory(outDirectory);
        makeDirectory(directory.resolve(ISSUED_DIRECTORY));
        try {
            KeyPair keys = newKeys();
            X509Certificate issued = certificates.forNode(node, keys.getPublic(), certificate, key);
            String recordName = node + "-" + issued.getSerialNumber().toString(16) + ".crt";
            PemFiles.writePublic(directory.resolve(ISSUED_DIRECTORY).resolve(recordName), "CERTIFICATE", issued.getEncoded());
            PemFiles.writePrivate(files.key, "PRIVATE KEY", keys.getPrivate().getEncoded());
            PemFiles.writePublic(files.certificate, "CERTIFICATE", issued.getEncoded());
            PemFiles.writePublic(files.authority, "CERTIFICATE", certificate.getEncoded());
            PemFiles.writePublic(files.revocations, "X509 CRL", PemFiles.read(directory.resolve(REVOCATIONS_FILE), "X509 CRL"));
            return files;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot issue a certificate for " + node + ": " + e.getMessage(), e);
        }
    }

    /**
     * Puts every certificate that was issued for a node on the revocation list {@code DIR/ca.crl}, which is to be copied to
     * the other nodes: their daemons read it when it changes.
     *
     * @return number of certificates that are newly revoked
     */
    public int revoke(String node) throws IOException {
        try {
            List<BigInteger> revoked = new ArrayList<>(revokedSerials());
            int before = revoked.size();
            for (BigInteger serial : issuedSerials(node)) {
                if (!revoked.contains(serial)) {
                    revoked.add(serial);
                }
            }
            if (revoked.size() > before) {
                writeRevocations(revoked);
            }
            return revoked.size() - before;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot revoke " + node + ": " + e.getMessage(), e);
        }
    }

    private List<BigInteger> issuedSerials(String node) throws IOException {
        Path issued = directory.resolve(ISSUED_DIRECTORY);
        if (!Files.isDirectory(issued)) {
            return List.of();
        }
        Pattern name = Pattern.compile(Pattern.quote(node) + "-([0-9a-f]+)\\.crt");
        try (Stream<Path> files = Files.list(issued)) {
            return files.map(file -> name.matcher(file.getFileName().toString()))
                    .filter(matcher -> matcher.matches())
                    .map(matcher -> new BigInteger(matcher.group(1), 16))
                    .sorted()
                    .toList();
        }
    }

    private List<BigInteger> revokedSerials() throws IOException, GeneralSecurityException {
        byte[] encoded = PemFiles.read(directory.resolve(REVOCATIONS_FILE), "X509 CRL");
        X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(encoded));
        return list.getRevokedCertificates() == null
                ? List.of()
                : list.getRevokedCertificates().stream().map(X509CRLEntry::getSerialNumber).sorted().toList();
    }

    private void writeRevocations(List<BigInteger> serials) throws IOException, GeneralSecurityException {
        byte[] encoded = certificates.revocations(serials, certificate, key);
        PemFiles.writePublic(directory.resolve(REVOCATIONS_FILE), "X509 CRL", encoded);
    }

    private static X509Certificate readCertificate(Path file) throws IOException, GeneralSecurityException {
        byte[] encoded = PemFiles.read(file, "CERTIFICATE");
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }
}

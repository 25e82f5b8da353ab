package io.homeport.ca;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Builds the authority's X.509 structures (RFC 5280). */
final class Certificates {
    /** Longer than a cluster stands; a new authority means touching every node. */
    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

    /** What browsers last allowed for leaf certificates (825 days): long enough to renew at leisure. */
    static final Duration NODE_VALIDITY = Duration.ofDays(825);

    /** Clocks of nodes may differ by so much before a fresh certificate is refused. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    /** RFC 5280, 4.1.2.2: at most 20 octets, positive. */
    private static final int SERIAL_BITS = 128;

    private static final String SIGNATURE = "SHA256withECDSA";

    private final Clock clock;
    private final SecureRandom random;

    Certificates(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /** A new authority's own certificate. Its name is unique, so that two clusters' certificates are told apart in messages. */
    X509Certificate selfSigned(KeyPair keys) throws GeneralSecurityException {
        BigInteger serial = newSerial();
        X500Principal name = new X500Principal("CN=Homeport cluster " + serial.toString(16).substring(0, 8));
        try {
            JcaX509v3CertificateBuilder builder = builder(name, name, serial, keys.getPublic(), AUTHORITY_VALIDITY);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(keys.getPrivate())));
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** A certificate by which {@code node} may act as either side of a link. */
    X509Certificate forNode(String node, PublicKey nodeKey, X509Certificate authority, PrivateKey authorityKey)
            throws GeneralSecurityException {
        try {
            JcaX509v3CertificateBuilder builder = builder(
                    authority.getSubjectX500Principal(), new X500Principal("CN=" + node), newSerial(), nodeKey, NODE_VALIDITY);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false,
                    new ExtendedKeyUsage(new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, node)));
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(nodeKey));
            builder.addExtension(Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(authority));
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(authorityKey)));
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** The encoded list of revoked certificates. */
    byte[] revocations(List<BigInteger> serials, X509Certificate authority, PrivateKey authorityKey) throws GeneralSecurityException {
        Instant now = clock.instant();
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(authority.getSubjectX500Principal(), Date.from(now));
        builder.setNextUpdate(Date.from(now.plus(AUTHORITY_VALIDITY)));
        serials.forEach(serial -> builder.addCRLEntry(serial, Date.from(now), CRLReason.privilegeWithdrawn));
        return new JcaX509CRLConverter().getCRL(builder.build(signer(authorityKey))).getEncoded();
    }

    private JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, BigInteger serial, PublicKey key, Duration validity) {
        Instant now = clock.instant();
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(now.minus(CLOCK_SKEW)), Date.from(now.plus(validity)), subject, key);
    }

    private BigInteger newSerial() {
        return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1); // full length, so that its text is too
    }

    private static ContentSigner signer(PrivateKey key) throws GeneralSecurityException {
        try {
            return new JcaContentSignerBuilder(SIGNATURE).build(key);
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}

package io.homeport.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CertificateAuthorityTest {
    @TempDir
    Path directory;

    @Test
    void shouldIssueCertificatesThatNameTheNode() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(directory.resolve("ca"));
        CertificateAuthority.NodeFiles files = authority.issue("alpha", directory.resolve("alpha"));

        X509Certificate certificate = certificate(files.certificate());
        certificate.verify(certificate(files.authority()).getPublicKey());
        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(2, "alpha"));
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage()).hasSize(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.key()))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("ca/ca.key")))).isEqualTo("rw-------");
    }

    @Test
    void shouldOpenWhatItMade() throws Exception {
        CertificateAuthority.create(directory);
        CertificateAuthority again = CertificateAuthority.open(directory);
        X509Certificate certificate = certificate(again.issue("beta", directory.resolve("beta")).certificate());
        certificate.verify(again.certificate().getPublicKey());
    }

    @Test
    void shouldNotReplaceAnAuthority() throws Exception {
        CertificateAuthority.create(directory);
        assertThatThrownBy(() -> CertificateAuthority.create(directory)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void shouldRefuseNamesThatAreNoDnsLabels() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(directory);
        for (String name : List.of("", "Alpha", "../alpha", "a.b", "-a", "a".repeat(64))) {
            assertThatThrownBy(() -> authority.issue(name, directory.resolve("out"))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldLimitValidityByItsClock() throws Exception {
        Clock clock = Clock.fixed(Instant.parse("2026-11-22T00:00:00Z"), ZoneOffset.UTC);
        CertificateAuthority authority = CertificateAuthority.create(directory, clock);
        X509Certificate certificate = certificate(authority.issue("alpha", directory.resolve("a")).certificate());
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(clock.instant().minus(Duration.ofHours(1)));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(Duration.ofDays(825)));
    }

    @Test
    void shouldRevokeEveryCertificateOfANodeAndNoOther() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(directory);
        X509Certificate first = certificate(authority.issue("alpha", directory.resolve("a1")).certificate());
        X509Certificate second = certificate(authority.issue("alpha", directory.resolve("a2")).certificate());
        X509Certificate other = certificate(authority.issue("alpha-2", directory.resolve("b")).certificate());

        assertThat(authority.revoke("alpha")).isEqualTo(2);
        assertThat(authority.revoke("alpha")).isZero();
        assertThat(authority.revoke("nobody")).isZero();

        X509CRL list = list(directory.resolve("ca.crl"));
        list.verify(authority.certificate().getPublicKey());
        assertThat(list.isRevoked(first)).isTrue();
        assertThat(list.isRevoked(second)).isTrue();
        assertThat(list.isRevoked(other)).isFalse();
    }

    @Test
    void shouldServeTheCommandLine() {
        CommandLine line = new CommandLine(new CaCommand()).setOut(new java.io.PrintWriter(java.io.Writer.nullWriter()));
        assertThat(line.execute("init", directory.resolve("ca").toString())).isZero();
        assertThat(line.execute("issue", directory.resolve("ca").toString(), "gamma")).isZero();
        assertThat(directory.resolve("ca/gamma/node.key")).exists();
        assertThat(line.execute("revoke", directory.resolve("ca").toString(), "gamma")).isZero();
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static X509CRL list(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
        }
    }
}

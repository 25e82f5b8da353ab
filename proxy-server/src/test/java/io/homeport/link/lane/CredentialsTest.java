package io.homeport.link.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.ca.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadWhatTheAuthorityIssues() throws Exception {
        CertificateAuthority.NodeFiles files = issue();
        Credentials credentials = Credentials.read(files.certificate(), files.key());
        assertThat(credentials.certificates()).hasSize(1);
        assertThat(credentials.key().getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void shouldReadAChain() throws Exception {
        CertificateAuthority.NodeFiles files = issue();
        Path chain = directory.resolve("chain.pem");
        Files.writeString(chain, Files.readString(files.certificate()) + Files.readString(files.authority()));
        assertThat(Credentials.read(chain, files.key()).certificates()).hasSize(2);
    }

    @Test
    void shouldSayWhatToDoWithAKeyThatItCannotRead() throws Exception {
        CertificateAuthority.NodeFiles files = issue();
        Path key = Files.writeString(directory.resolve("old.pem"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Credentials.read(files.certificate(), key))
                .isInstanceOf(IOException.class).hasMessageContaining("RSA PRIVATE KEY").hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        Files.writeString(key, "nothing");
        assertThatThrownBy(() -> Credentials.read(files.certificate(), key)).hasMessageContaining("nothing in PEM");
        assertThatThrownBy(() -> Credentials.read(key, files.key())).hasMessageContaining("certificate");
    }

    private CertificateAuthority.NodeFiles issue() throws IOException {
        return CertificateAuthority.create(directory.resolve("ca")).issue("alpha", directory.resolve("alpha"));
    }
}

package io.homeport.demo.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The key pair for the philosopher who whispers: one PKCS#12 file, known to both sides and trusted by both. */
public final class TlsKey {
    /** Not a secret: the file lives as long as the dinner and protects nothing. */
    private static final String PASSWORD = "philosophers";

    private final Path file;

    TlsKey(Path file) {
        this.file = file;
    }

    /** Makes the file with this JDK's keytool; a key that is there stays. */
    public static void make(Path file) throws IOException, InterruptedException {
        if (Files.exists(file)) {
            return;
        }
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process making = new ProcessBuilder(
                        keytool.toString(), "-genkeypair", "-alias", "table", "-keyalg", "EC", "-dname", "CN=table",
                        "-validity", "3650", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(making.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (making.waitFor() != 0) {
            throw new IOException("keytool made no key: " + said.strip());
        }
    }

    SSLContext context() throws IOException {
        char[] password = PASSWORD.toCharArray();
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException("cannot use the key in " + file, unusable);
        }
    }
}

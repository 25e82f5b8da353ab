package io.homeport.system;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.Hello;
import io.homeport.workload.JdkHttpClients;
import io.homeport.workload.service.Service;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of socket that the JDK has, all in one JVM, on its whole way round. */
@ExtendWith(HarbourExtension.class)
class SocketKindsSystemTest {
    private static final List<String> KINDS =
            List.of("socket", "timeout", "channel", "selector", "asynchronous", "virtual");

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldKeepEveryByteOfEveryKindOfSocket(Jdk jdk, Harbour harbour) throws Exception {
        Launch launch = Launch.of(jdk, Service.class)
                .withOptions(
                        "-Djavax.net.ssl.keyStore=" + harbour.keyStore(),
                        "-Djavax.net.ssl.keyStorePassword=" + Harbour.KEY_STORE_PASSWORD);
        try (Move move = Move.prepare(harbour, launch)) {
            for (String kind : KINDS) {
                if (move.service().has(kind)) {
                    move.connect(kind);
                }
            }
            SSLContext tls = trusting(harbour);
            connectTls(move, harbour, tls, Pace.ACTIVE);
            connectTls(move, harbour, tls, Pace.IDLE);
            URI http = URI.create("http://" + harbour.address(Harbour.ALPHA).getHostAddress() + ":" + move.service().port("http") + "/");
            move.fleet().add(JdkHttpClients.httpClient("HttpClient", http, move.fleet().nextSeed(), 20));
            move.fleet().add(JdkHttpClients.urlConnection("HttpURLConnection", http, move.fleet().nextSeed(), 20));
            move.connectFrom(Harbour.GAMMA, "socket", "selector");
            move.connectFrom(Harbour.ALPHA, "channel", "asynchronous");
            move.along(Move.ROUND);
            move.check();
        }
    }

    private static void connectTls(Move move, Harbour harbour, SSLContext tls, Pace pace) throws Exception {
        Socket socket = tls.getSocketFactory().createSocket(harbour.address(Harbour.ALPHA), move.service().port("tls"));
        move.fleet().add("tls " + pace, socket, new Hello(Hello.Mode.REPLY, move.fleet().nextSeed(), 0), pace);
    }

    private static SSLContext trusting(Harbour harbour) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(harbour.keyStore())) {
            store.load(in, Harbour.KEY_STORE_PASSWORD.toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}

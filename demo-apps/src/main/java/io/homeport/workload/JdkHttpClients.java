package io.homeport.workload;

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;

/** Checked exchanges by the JDK's two HTTP clients, over connections that they keep alive. Stateless; any thread. */
public final class JdkHttpClients {
    private static final int BODY_BYTES = 24 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private JdkHttpClients() {}

    /** By {@link HttpClient}, HTTP/1.1, one connection. */
    public static RequestLoop httpClient(String label, URI server, long seed, int pauseMs) {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Checked checked = new Checked(seed);
        return new RequestLoop(label, pauseMs, () -> {}, number -> {
            byte[] body = checked.next();
            HttpRequest request = HttpRequest.newBuilder(server.resolve(checked.path()))
                    .timeout(TIMEOUT)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            checked.check(response.statusCode(), response.body());
            return response.headers().firstValue(CheckedExchange.PEER_HEADER).orElse(null);
        });
    }

    /** By {@link HttpURLConnection}, which keeps its connection by itself as long as answers are read to their end. */
    public static RequestLoop urlConnection(String label, URI server, long seed, int pauseMs) {
        Checked checked = new Checked(seed);
        return new RequestLoop(label, pauseMs, () -> {}, number -> {
            byte[] body = checked.next();
            HttpURLConnection connection = (HttpURLConnection) server.resolve(checked.path()).toURL().openConnection();
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            connection.setReadTimeout((int) TIMEOUT.toMillis());
            connection.getOutputStream().write(body);
            try (InputStream in = connection.getInputStream()) {
                checked.check(connection.getResponseCode(), in.readAllBytes());
            }
            return connection.getHeaderField(CheckedExchange.PEER_HEADER);
        });
    }

    /** Place and size of the exchanges of one client. One thread. */
    public static final class Checked {
        private final long seed;
        private final Random random;
        private long from;
        private int length;

        /** Begins at position 0. */
        public Checked(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        /** Body of the next request. */
        public byte[] next() {
            from += length;
            length = 1 + random.nextInt(BODY_BYTES);
            return CheckedBytes.of(seed, from, length);
        }

        /** Path and query of the request whose body {@link #next} gave last. */
        public String path() {
            return CheckedExchange.path(seed, from);
        }

        /** Checks the answer to it. */
        public void check(int status, byte[] answer) {
            CheckedExchange.check(seed, from, length, status, answer);
        }
    }
}

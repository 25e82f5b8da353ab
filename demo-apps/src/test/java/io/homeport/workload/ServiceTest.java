package io.homeport.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.service.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The workloads by themselves, without any move: they must be right, and they must see what is wrong. */
class ServiceTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static Service service;

    @BeforeAll
    static void startService() throws Exception {
        service = new Service(0).addJdkServers();
        service.start();
    }

    @AfterAll
    static void closeService() throws IOException {
        service.close();
    }

    @Test
    void shouldConverseOverEveryKindOfSocket() throws Exception {
        List<CheckedClient> clients = new ArrayList<>();
        for (String kind : List.of("socket", "timeout", "channel", "selector", "asynchronous")) {
            for (Pace pace : Pace.values()) {
                Hello hello = new Hello(Hello.Mode.REPLY, kind.hashCode() * 31L + pace.ordinal(), 0);
                clients.add(new CheckedClient(kind + " " + pace, new Socket(HERE, service.port(kind)), hello, pace));
            }
            Hello source = new Hello(Hello.Mode.SOURCE, kind.hashCode(), 300_000);
            clients.add(new CheckedClient(kind + " source", new Socket(HERE, service.port(kind)), source, Pace.IDLE));
        }
        Thread.sleep(300);
        for (CheckedClient client : clients) {
            Verdict verdict = client.finish(10_000);
            assertThat(verdict.problem()).as(verdict.toString()).isNull();
        }
    }

    @Test
    void shouldExchangeOverBothHttpClientsOnOneConnection() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + service.port("http") + "/");
        RequestLoop[] loops = {
            JdkHttpClients.httpClient("httpclient", uri, 1, 5), JdkHttpClients.urlConnection("urlconnection", uri, 2, 5)
        };
        for (RequestLoop loop : loops) {
            await().until(() -> loop.answered() > 10 || !loop.problems().isEmpty());
            assertThat(loop.stop(5_000)).isTrue();
            assertThat(loop.problems()).isEmpty();
            assertThat(loop.connections()).as(loop.toString()).hasSize(1);
        }
    }

    @Test
    void shouldSeeADroppedByteADoubledByteAndAForeignByte() throws Exception {
        for (int fault = 0; fault < 3; fault++) {
            try (ServerSocket relay = new ServerSocket(0, 1, HERE)) {
                relayWithFault(relay, fault);
                Hello hello = new Hello(Hello.Mode.REPLY, 99, 0);
                CheckedClient client = new CheckedClient("faulty", new Socket(HERE, relay.getLocalPort()), hello, Pace.ACTIVE);
                Thread.sleep(200);
                assertThat(client.finish(1_000).problem()).as("fault %d", fault).isNotNull();
            }
        }
    }

    /** Fault 0 drops byte 5000 of the answers, 1 doubles it, 2 changes it. */
    private static void relayWithFault(ServerSocket relay, int fault) {
        Thread thread = new Thread(() -> {
            try (Socket client = relay.accept();
                    Socket server = new Socket(HERE, service.port("socket"))) {
                Thread forth = new Thread(() -> copy(client, server));
                forth.start();
                byte[] bytes = server.getInputStream().readNBytes(5001);
                client.getOutputStream().write(bytes, 0, fault == 0 ? 5000 : 5001);
                if (fault > 0) {
                    client.getOutputStream().write(fault == 1 ? bytes[5000] : 1 + server.getInputStream().read());
                }
                server.getInputStream().transferTo(client.getOutputStream());
                client.shutdownOutput();
                forth.join();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> {});
        thread.start();
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // The client has seen the fault and is gone.
        }
    }
}

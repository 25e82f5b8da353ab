package io.homeport.workload.service;

import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.JdkHttpClients;
import io.homeport.workload.RequestLoop;
import io.homeport.workload.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Commands that make the service a client of servers elsewhere: {@code client NAME KIND HOST PORT SEED},
 * {@code client-report NAME}, {@code client-stop NAME} (its verdict). Kinds can be added before the first command.
 */
public final class ClientCommands {
    private static final long STOP_TIMEOUT_MS = 60_000;

    /** A client at work. */
    public interface Client {
        /** One line for people. */
        String report();

        /** Ends it. @return {@code right ...} if everything was */
        String stop() throws Exception;
    }

    /** Makes a client of one kind. */
    @FunctionalInterface
    public interface Kind {
        /** Connects and begins. */
        Client start(String name, String host, int port, long seed) throws Exception;
    }

    private final Map<String, Kind> kinds = new TreeMap<>();
    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    /** Knows the JDK's kinds. */
    public ClientCommands() {
        kind("socket", (name, host, port, seed) -> checked(name, new Socket(host, port), seed, CheckedClient.Pace.ACTIVE));
        kind("idle", (name, host, port, seed) -> checked(name, new Socket(host, port), seed, CheckedClient.Pace.IDLE));
        kind("channel", (name, host, port, seed) -> checked(
                name, SocketChannel.open(new InetSocketAddress(host, port)).socket(), seed, CheckedClient.Pace.ACTIVE));
        kind("httpclient", (name, host, port, seed) -> loop(JdkHttpClients.httpClient(name, http(host, port), seed, 20)));
        kind("urlconnection", (name, host, port, seed) -> loop(JdkHttpClients.urlConnection(name, http(host, port), seed, 20)));
    }

    /** Adds a kind. */
    public ClientCommands kind(String name, Kind kind) {
        kinds.put(name, kind);
        return this;
    }

    /** A client that is a loop of requests: right if none failed and all used one connection. */
    public static Client loop(RequestLoop loop) {
        return new Client() {
            @Override
            public String report() {
                return loop.toString();
            }

            @Override
            public String stop() throws InterruptedException {
                boolean ended = loop.stop(STOP_TIMEOUT_MS);
                boolean right = ended && loop.problems().isEmpty() && loop.answered() > 0 && loop.connections().size() <= 1;
                return (right ? "right " : "wrong ") + (ended ? "" : "no end ") + loop;
            }
        };
    }

    void addTo(CommandServer server) {
        server.command("client", w -> {
            Kind kind = kinds.get(w[2]);
            clients.put(w[1], kind.start(w[1], w[3], Integer.parseInt(w[4]), Long.parseUnsignedLong(w[5], 16)));
            return clients.get(w[1]).report();
        });
        server.command("client-report", w -> clients.get(w[1]).report());
        server.command("client-stop", w -> clients.remove(w[1]).stop());
    }

    private static Client checked(String name, Socket socket, long seed, CheckedClient.Pace pace) throws IOException {
        CheckedClient client = new CheckedClient(name, socket, new Hello(Hello.Mode.REPLY, seed, 0), pace);
        return new Client() {
            @Override
            public String report() {
                return client.toString();
            }

            @Override
            public String stop() throws InterruptedException {
                Verdict verdict = client.finish(STOP_TIMEOUT_MS);
                return (verdict.right() ? "right " : "wrong ") + verdict;
            }
        };
    }

    private static URI http(String host, int port) {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
    }
}

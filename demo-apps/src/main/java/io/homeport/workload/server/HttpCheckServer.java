package io.homeport.workload.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.homeport.workload.CheckedExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Checked exchanges over the JDK's own {@link HttpServer}, connections kept alive. */
public final class HttpCheckServer implements CheckedServer {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "http");
        thread.setDaemon(true);
        return thread;
    });

    /** Listens on a free port of every local address. */
    public HttpCheckServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(0), 256);
        server.setExecutor(threads);
        server.createContext("/checked", HttpCheckServer::serve);
        server.start();
    }

    @Override
    public String kind() {
        return "http";
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            InetSocketAddress peer = exchange.getRemoteAddress();
            exchange.getResponseHeaders()
                    .set(CheckedExchange.PEER_HEADER, peer.getAddress().getHostAddress() + ":" + peer.getPort());
            try {
                byte[] answer = CheckedExchange.answer(exchange.getRequestURI().getQuery(), body);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            } catch (IllegalArgumentException e) {
                exchange.sendResponseHeaders(400, -1);
            }
        }
    }
}

package io.homeport.workload.service;

import io.homeport.workload.CheckedBytes;
import io.homeport.workload.Hello;
import io.homeport.workload.server.BlockingServer;
import io.homeport.workload.server.OpenConnections;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Commands for connections left to the test ({@link Hello.Mode#MANUAL}), one system call at a time, and for sockets that the
 * service opens itself. Connections are named by their seed in hexadecimal.
 *
 * <pre>
 *   read SEED FROM LENGTH | begin-read SEED FROM LENGTH, await SEED      right N / wrong AT / end AFTER / IOException's text
 *   write SEED FROM LENGTH | urgent SEED BYTE | shutdown-output SEED | shutdown-input SEED | linger SEED SECONDS | close SEED
 *   describe SEED | set SEED OPTION VALUE | connect SEED HOST PORT | listen
 *   open-socket SEED PORT | begin-exchange SEED HOST PORT KIND, await SEED                      see Connects
 *   begin-retry SEED HOST PORT KIND, retried SEED
 * </pre>
 */
final class SocketCommands {
    private final OpenConnections connections;
    private final Executor threads;
    private final Connects connects = new Connects();
    private final Map<Long, CompletableFuture<String>> begun = new ConcurrentHashMap<>();

    SocketCommands(OpenConnections connections, Executor threads) {
        this.connections = connections;
        this.threads = threads;
    }

    void addTo(CommandServer server) {
        server.command("read", w -> read(seed(w), number(w, 2), (int) number(w, 3)))
                .command("read-byte", w -> socket(w).getInputStream().read())
                .command("begin-read", w -> begin(seed(w), () -> read(seed(w), number(w, 2), (int) number(w, 3))))
                .command("open-socket", w -> connects.open(seed(w), (int) number(w, 2)))
                .command("begin-exchange", w -> begin(seed(w), () -> connects.exchange(seed(w), w[2], (int) number(w, 3), w[4])))
                .command("begin-write", w -> begin(seed(w), () -> write(seed(w), number(w, 2), (int) number(w, 3))))
                .command("begin-retry", w -> begin(seed(w), () -> connects.retry(seed(w), w[2], (int) number(w, 3), w[4])))
                .command("retried", w -> connects.retried(seed(w)))
                .command("await", this::await)
                .command("write", w -> write(seed(w), number(w, 2), (int) number(w, 3)))
                .command("urgent", w -> done(() -> socket(w).sendUrgentData((int) number(w, 2))))
                .command("inline-urgent", w -> done(() -> socket(w).setOOBInline(true)))
                .command("shutdown-output", w -> done(() -> socket(w).shutdownOutput()))
                .command("shutdown-input", w -> done(() -> socket(w).shutdownInput()))
                .command("linger", w -> done(() -> socket(w).setSoLinger(number(w, 2) >= 0, (int) number(w, 2))))
                .command("close", this::close)
                .command("describe", w -> connections.describe(seed(w)))
                .command("set", w -> done(() -> connections.set(seed(w), w[2], w[3])))
                .command("connect", w -> connect(seed(w), w[2], (int) number(w, 3)))
                .command("listen", w -> listen())
                .command("has", w -> connections.has(seed(w)))
                .command("open", w -> connections.size());
    }

    private String read(long seed, long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        int have = 0;
        Socket socket = connections.socket(seed);
        while (have < length) {
            int count = socket.getInputStream().read(bytes, have, length - have);
            if (count < 0) {
                return "end " + have;
            }
            have += count;
        }
        int wrong = CheckedBytes.firstMismatch(seed, from, bytes, 0, length);
        return wrong < 0 ? "right " + length : "wrong " + (from + wrong);
    }

    private String write(long seed, long from, int length) throws IOException {
        byte[] bytes = CheckedBytes.of(CheckedBytes.answerSeed(seed), from, length);
        connections.socket(seed).getOutputStream().write(bytes);
        return "written " + length;
    }

    /** The new connection's first bytes are a hello, so that the other end can be any server here. */
    private String connect(long seed, String host, int port) throws IOException {
        Socket socket = new Socket(host, port);
        connections.add(seed, socket);
        return socket.getLocalAddress().getHostAddress() + " " + socket.getLocalPort();
    }

    private String listen() throws IOException {
        return String.valueOf(new BlockingServer("opened-later", new ServerSocket(0), 0, threads, connections).port());
    }

    private String close(String[] words) throws IOException {
        Socket socket = socket(words);
        connections.remove(seed(words));
        socket.close();
        return "done";
    }

    private String begin(long seed, Callable<String> work) {
        CompletableFuture<String> result = new CompletableFuture<>();
        begun.put(seed, result);
        threads.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.complete(e.toString());
            }
        });
        return "begun";
    }

    private String await(String[] words) throws Exception {
        try {
            return begun.get(seed(words)).get(number(words, 2), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "blocked";
        }
    }

    private Socket socket(String[] words) {
        return connections.socket(seed(words));
    }

    private interface Act {
        void run() throws IOException;
    }

    private static String done(Act act) throws IOException {
        act.run();
        return "done";
    }

    private static long seed(String[] words) {
        return Long.parseUnsignedLong(words[1], 16);
    }

    private static long number(String[] words, int index) {
        return Long.parseLong(words[index]);
    }
}

package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.Sockaddr;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process moves from alpha to beta, gamma and home again under load. */
@Timeout(100)
class HopTest {
    private static final StreamLimits LIMITS = new StreamLimits(256 << 10, 1 << 20, 1 << 30, 64 << 10, 10, 8, 100, 20);

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestNode alpha;
    private TestNode beta;
    private TestNode gamma;

    @BeforeEach
    void start() throws Exception {
        alpha = new TestNode("alpha", dir, LIMITS);
        beta = new TestNode("beta", dir, LIMITS);
        gamma = new TestNode("gamma", dir, LIMITS);
        TestNode.connect(alpha, beta);
        TestNode.connect(alpha, gamma);
        TestNode.connect(beta, gamma);
    }

    @AfterEach
    void stop() throws Exception {
        alpha.close();
        beta.close();
        gamma.close();
        threads.shutdownNow();
    }

    @Test
    void shouldMoveOnWithBytesInEveryQueue() throws Exception {
        try (EchoProcess process = new EchoProcess(alpha)) {
            Map<Long, StreamState> states = new HashMap<>();
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Socket client = new Socket();
                StreamState state = open(process, client);
                states.put(state.id(), state);
                loads.add(threads.submit(() -> load(client, state.id(), 12 << 20)));
            }
            Thread.sleep(50);
            process.leaveOrigin(beta, states);
            for (TestNode next : List.of(gamma, beta, gamma, beta)) {
                Thread.sleep(150);
                process.hop(next, true);
                Thread.sleep(50);
                process.hop(next, false);
            }
            long atGamma = gamma.frames;
            Thread.sleep(300);
            assertThat(gamma.frames - atGamma).as("frames at a node that was left").isLessThan(20);
            process.hop(alpha, false);
            await().atMost(30, SECONDS).pollInterval(Duration.ofMillis(20)).until(process::comeHome);
            finish(loads);
            await().until(process::isDone);
        }
        awaitEmpty();
    }

    @Test
    void shouldMoveAListenerAndItsConnections() throws Exception {
        int listener = Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Posix.check(Posix.bind(listener, Sockaddr.encode(new InetSocketAddress("127.0.0.1", 0))), "bind");
        Posix.check(Posix.listen(listener, 50), "listen");
        InetSocketAddress address = Sockets.local(listener);
        long id = alpha.plane.deputies().newId();
        StreamState state = StreamState.listener(id, "alpha", address, 50, SocketOptions.read(listener));
        try (EchoProcess process = new EchoProcess(alpha)) {
            process.listen(id, listener);
            process.leaveOrigin(beta, Map.of(id, state));
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                for (int j = 0; j < 5; j++) {
                    int seed = 10 * i + j;
                    loads.add(threads.submit(() -> {
                        Socket client = new Socket();
                        client.connect(address);
                        return load(client, seed, 1 << 20);
                    }));
                }
                Thread.sleep(40);
                if (i % 3 == 2) {
                    process.hop(process.host() == beta ? gamma : beta, true);
                }
                process.hop(process.host() == beta ? gamma : beta, false);
            }
            process.hop(alpha, false);
            await().atMost(30, SECONDS).pollInterval(Duration.ofMillis(20)).until(process::comeHome);
            finish(loads);
            Socket late = new Socket();
            late.connect(address);
            load(late, 99, 1000);
        }
        awaitEmpty();
    }

    private void finish(List<Future<?>> loads) throws Exception {
        try {
            for (Future<?> load : loads) {
                load.get(40, SECONDS);
            }
        } catch (TimeoutException e) {
            for (TestNode node : List.of(alpha, beta, gamma)) {
                node.plane.describe().get().forEach(stream -> System.out.println(node.name + " " + stream));
            }
            throw e;
        }
    }

    private StreamState open(EchoProcess process, Socket client) throws Exception {
        Moved.Accepted accepted = Moved.accept(alpha.plane, "alpha", client);
        process.open(accepted.state().id(), accepted.fd());
        return accepted.state();
    }

    /** Sends in bursts, reads in others; compares. */
    private Void load(Socket client, long seed, int length) throws Exception {
        byte[] expected = StreamTest.bytes(seed, length);
        Future<?> writer = threads.submit(() -> {
            Random random = new Random(seed);
            for (int at = 0; at < length; ) {
                int n = Math.min(length - at, 1 + random.nextInt(100_000));
                client.getOutputStream().write(expected, at, n);
                at += n;
                Thread.sleep(random.nextInt(5));
            }
            client.shutdownOutput();
            return null;
        });
        byte[] back = new byte[length];
        Random random = new Random(seed + 1);
        for (int at = 0; at < length; ) {
            int n = client.getInputStream().read(back, at, Math.min(length - at, 1 + random.nextInt(200_000)));
            assertThat(n).as("at %d of stream %x", at, seed).isPositive();
            at += n;
            if (random.nextInt(20) == 0) {
                Thread.sleep(random.nextInt(30));
            }
        }
        assertThat(Arrays.mismatch(back, expected)).isEqualTo(-1);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        writer.get();
        client.close();
        return null;
    }

    private void awaitEmpty() {
        await().atMost(30, SECONDS).untilAsserted(() -> {
            for (TestNode node : List.of(alpha, beta, gamma)) {
                assertThat(node.plane.describe().get()).isEmpty();
                assertThat(node.loop.submit(node.journal::liveBytes).get()).isZero();
            }
        });
    }
}

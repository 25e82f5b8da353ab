package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.RequestLoop;
import io.homeport.workload.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The clients of one test in the test's own JVM, which is outside of the lab. Clients may be added by any thread, everything
 * else is the test's thread's.
 *
 * <p>They are of two sorts: conversations of checked streams, and loops of checked requests.
 */
final class Fleet implements AutoCloseable {
    private static final long FINISH_MS = 60_000;
    /** A flooding connection has tens of MB on their way, which come first. */
    private static final Duration PROGRESS = Duration.ofSeconds(120);

    private final Random seeds;
    private final List<CheckedClient> clients = new CopyOnWriteArrayList<>();
    private final List<CheckedClient> active = new CopyOnWriteArrayList<>();
    private final List<RequestLoop> loops = new CopyOnWriteArrayList<>();

    Fleet(long seed) {
        seeds = new Random(seed);
    }

    /** A seed that no other connection of this test has. */
    long nextSeed() {
        return seeds.nextLong();
    }

    /** Opens a plain conversation. */
    CheckedClient connect(String label, InetAddress host, int port, Pace pace) throws IOException {
        return add(label, new Socket(host, port), new Hello(Hello.Mode.REPLY, nextSeed(), 0), pace);
    }

    /** Begins a conversation on a connected socket. */
    CheckedClient add(String label, Socket socket, Hello hello, Pace pace) {
        CheckedClient client = new CheckedClient(label, socket, hello, pace);
        clients.add(client);
        if (pace != Pace.IDLE && hello.mode() == Hello.Mode.REPLY) {
            active.add(client);
        }
        return client;
    }

    /** Takes a client that is slow on purpose out of what {@link #assertProgress} expects. */
    void expectNoProgressOf(CheckedClient client) {
        active.remove(client);
    }

    /** Adds a loop of requests. */
    RequestLoop add(RequestLoop loop) {
        loops.add(loop);
        return loop;
    }

    int size() {
        return clients.size() + loops.size();
    }

    /** Every active client must get further than it is now. */
    void assertProgress(String when) {
        Map<Object, Long> before = new HashMap<>();
        List<CheckedClient> now = List.copyOf(active);
        now.forEach(client -> before.put(client, client.sentBytes()));
        loops.forEach(loop -> before.put(loop, loop.answered()));
        await(when).atMost(PROGRESS).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(clients).as(when).allSatisfy(client -> assertThat(client.problem()).as(client.toString()).isNull());
            assertThat(now).as(when).allSatisfy(
                    client -> assertThat(client.receivedBytes()).as(client.toString()).isGreaterThan(before.get(client)));
            assertThat(loops).as(when).allSatisfy(loop -> {
                assertThat(loop.problems()).as(loop.toString()).isEmpty();
                assertThat(loop.answered()).as(loop.toString()).isGreaterThan(before.get(loop) + 1);
            });
        });
    }

    /** Longest silence, in ms, that any active conversation saw since this was last asked. */
    long takeLongestSilenceMs() {
        return active.stream().mapToLong(CheckedClient::takeLongestSilenceMs).max().orElse(0);
    }

    /** Ends all of them and checks every byte of both directions. @return bytes sent and received */
    long finish() throws Exception {
        List<Verdict> verdicts = new ArrayList<>();
        ExecutorService finishers = Executors.newCachedThreadPool();
        try {
            List<Future<Verdict>> ending = new ArrayList<>();
            clients.forEach(client -> ending.add(finishers.submit(() -> client.finish(FINISH_MS))));
            for (Future<Verdict> end : ending) {
                verdicts.add(end.get());
            }
        } finally {
            finishers.shutdownNow();
        }
        for (RequestLoop loop : loops) {
            assertThat(loop.stop(FINISH_MS)).as("%s ends", loop).isTrue();
            assertThat(loop.problems()).as(loop.toString()).isEmpty();
            assertThat(loop.connections()).as("connections of %s", loop).hasSizeLessThanOrEqualTo(1);
        }
        clients.clear();
        active.clear();
        loops.clear();
        assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict.problem()).as(verdict.toString()).isNull());
        return verdicts.stream().mapToLong(v -> v.sentBytes() + v.receivedBytes()).sum();
    }

    @Override
    public void close() throws InterruptedException {
        clients.forEach(CheckedClient::close);
        for (RequestLoop loop : loops) {
            loop.stop(1);
        }
    }
}

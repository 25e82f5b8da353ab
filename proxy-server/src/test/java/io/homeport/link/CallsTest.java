package io.homeport.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.wire.FrameLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private TestCluster cluster;
    private Links alpha;
    private Links beta;
    private volatile RequestHandler atAlpha = (from, method, request) -> null;
    private volatile RequestHandler atBeta = (from, method, request) -> null;

    @BeforeEach
    void open() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        alpha = cluster.links("alpha");
        beta = cluster.links("beta");
        alpha.register((from, method, request) -> atAlpha.handle(from, method, request));
        beta.register((from, method, request) -> atBeta.handle(from, method, request));
        alpha.start();
        beta.start();
        await().until(() -> alpha.peer("beta").up(TrafficClass.CONTROL) && beta.peer("alpha").up(TrafficClass.CONTROL));
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void shouldAnswerCallsInBothDirections() {
        atBeta = (from, method, request) -> CompletableFuture.completedFuture((from.node() + method + new String(request, UTF_8)).getBytes(UTF_8));
        atAlpha = atBeta;
        assertThat(call(alpha, "beta", 3, "x")).isEqualTo("alpha3x");
        assertThat(call(beta, "alpha", 4, "")).isEqualTo("beta4");
        assertThat(call(alpha, "alpha", 5, "self")).isEqualTo("alpha5self");
    }

    @Test
    void shouldCarryLargePayloads() {
        byte[] large = new byte[FrameLimits.MAX_CALL_BYTES];
        new Random(1).nextBytes(large);
        atBeta = (from, method, request) -> CompletableFuture.completedFuture(request);
        assertThat(alpha.peer("beta").call((short) 1, large, PATIENCE).join()).isEqualTo(large);
        assertThatThrownBy(() -> alpha.peer("beta").call((short) 1, new byte[large.length + 1], PATIENCE)).hasMessageContaining("at most");
        atBeta = (from, method, request) -> CompletableFuture.completedFuture(new byte[large.length + 1]);
        assertThatThrownBy(() -> call(alpha, "beta", 1, "")).hasRootCauseMessage("node beta: a reply of 983041 bytes; at most 983040");
    }

    @Test
    void shouldTellWhyACallFailed() {
        atBeta = (from, method, request) -> switch (method) {
            case 1 -> CompletableFuture.failedFuture(new IllegalStateException("no room for the images"));
            case 2 -> throw new IllegalStateException("thrown");
            case 3 -> new CompletableFuture<>();
            default -> null;
        };
        assertKind(1, CallException.Kind.FAILED, "node beta: no room for the images");
        assertKind(2, CallException.Kind.FAILED, "node beta: thrown");
        assertKind(9, CallException.Kind.UNKNOWN_METHOD, "node beta: method 9 is not served");
        assertThatThrownBy(() -> alpha.peer("beta").call((short) 3, new byte[0], Duration.ofMillis(50)).join())
                .hasMessageContaining("node beta did not answer call 3 within 50 ms");
    }

    @Test
    void shouldFailCallsWhoseLaneIsLost() throws Exception {
        CountDownLatch serving = new CountDownLatch(1);
        atBeta = (from, method, request) -> {
            serving.countDown();
            return new CompletableFuture<>();
        };
        CompletableFuture<byte[]> reply = alpha.peer("beta").call((short) 1, new byte[0], PATIENCE);
        serving.await();
        beta.close();
        assertThatThrownBy(reply::join).isInstanceOf(CompletionException.class).cause()
                .isInstanceOfSatisfying(CallException.class, e -> assertThat(e.kind()).isEqualTo(CallException.Kind.LANE_LOST))
                .hasMessageContaining("lost node beta");
    }

    @Test
    void shouldSaySoWhenBusyAndStillServeCallsOfHigherPriority() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        // Every server of priority 0 at beta calls alpha and waits; alpha must call beta back to answer.
        atBeta = (from, method, request) -> {
            if (method == 2) {
                return CompletableFuture.completedFuture("pong".getBytes(UTF_8));
            }
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return from.call((short) 1, request, PATIENCE);
        };
        atAlpha = (from, method, request) -> CompletableFuture.completedFuture(from.call((short) 2, request, PATIENCE).join());
        List<CompletableFuture<byte[]>> replies = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            replies.add(alpha.peer("beta").call((short) 1, new byte[0], PATIENCE));
        }
        await().until(() -> replies.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
        release.countDown();
        int answered = 0;
        int busy = 0;
        for (CompletableFuture<byte[]> reply : replies) {
            try {
                assertThat(reply.join()).isEqualTo("pong".getBytes(UTF_8));
                answered++;
            } catch (CompletionException e) {
                assertThat(((CallException) e.getCause()).kind()).isEqualTo(CallException.Kind.BUSY);
                busy++;
            }
        }
        assertThat(answered).isEqualTo(16 + 256);
        assertThat(busy).isEqualTo(28);
    }

    @Test
    void shouldRefuseEndlessChainsOfCalls() {
        atBeta = (from, method, request) -> from.call((short) 1, request, PATIENCE);
        atAlpha = atBeta;
        assertThatThrownBy(() -> call(alpha, "beta", 1, "")).hasMessageContaining("chain of more than 7 calls");
    }

    private void assertKind(int method, CallException.Kind kind, String message) {
        assertThatThrownBy(() -> call(alpha, "beta", method, "")).cause()
                .isInstanceOfSatisfying(CallException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessage(message);
    }

    private static String call(Links from, String node, int method, String request) {
        return new String(from.peer(node).call((short) method, request.getBytes(UTF_8), PATIENCE).join(), UTF_8);
    }
}

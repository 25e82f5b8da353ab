package io.homeport.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with two links between them, each a proxy that can be cut or made to swallow. */
@Timeout(60)
class SeveralLinksTest {
    @TempDir
    Path directory;

    private TestCluster cluster;
    private FaultProxy first;
    private FaultProxy second;
    private Links alpha;
    private Links beta;
    private final AtomicInteger served = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        first = new FaultProxy(cluster.address("beta"));
        second = new FaultProxy(cluster.address("beta"));
        beta = links("beta", "alpha", new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("127.0.0.2", 1));
        alpha = links("alpha", "beta", first.address(), second.address());
        await().until(() -> states(alpha, "beta").equals(List.of(LinkState.UP, LinkState.UP)));
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
        first.close();
        second.close();
    }

    @Test
    void shouldSuspectASwallowingLinkBeforeItIsDownAndTakeItBack() {
        first.swallow(true);
        await().until(() -> states(alpha, "beta").get(0) == LinkState.SUSPECT && states(beta, "alpha").get(0) == LinkState.SUSPECT);
        await().until(() -> states(alpha, "beta").get(0) == LinkState.DOWN && states(beta, "alpha").get(0) == LinkState.DOWN);
        assertThat(states(alpha, "beta").get(1)).isEqualTo(LinkState.UP);
        assertThat(alpha.peer("beta").up(TrafficClass.STREAM)).isTrue();
        LinkFacts facts = alpha.facts("beta").get(0);
        assertThat(facts.text()).contains("link1 (", ":" + first.address().getPort() + ") DOWN for ");
        first.swallow(false);
        await().until(() -> states(alpha, "beta").equals(List.of(LinkState.UP, LinkState.UP)));
        await().until(() -> states(beta, "alpha").equals(List.of(LinkState.UP, LinkState.UP)));
    }

    @Test
    void shouldGiveALinkUpAtOnceThatIsResetAndDialItAnew() throws Exception {
        second.cut();
        await().until(() -> states(alpha, "beta").equals(List.of(LinkState.UP, LinkState.UP)));
        await().until(() -> alpha.facts("beta").get(1).roundTripNs() > 0 && alpha.facts("beta").get(1).sentBytes() > 0);
    }

    @Test
    void shouldFinishACallByTheOtherLinkAndServeItOnce() throws Exception {
        CompletableFuture<byte[]> reply = alpha.peer("beta").call((short) 1, "ahoy".getBytes(UTF_8), Duration.ofSeconds(20));
        await().until(() -> served.get() == 1);
        first.swallow(true);
        await().until(() -> states(alpha, "beta").get(0) != LinkState.UP && states(beta, "alpha").get(0) != LinkState.UP);
        release.countDown();
        assertThat(reply.get(10, TimeUnit.SECONDS)).isEqualTo("ahoy".getBytes(UTF_8));
        assertThat(served).hasValue(1);
    }

    @Test
    void shouldSendARequestAgainThatWasSwallowed() throws Exception {
        release.countDown();
        first.swallow(true);
        CompletableFuture<byte[]> reply = alpha.peer("beta").call((short) 1, "ahoy".getBytes(UTF_8), Duration.ofSeconds(20));
        assertThat(reply.get(10, TimeUnit.SECONDS)).isEqualTo("ahoy".getBytes(UTF_8));
        assertThat(served).hasValue(1);
    }

    @Test
    void shouldRefuseALinkThatTheOtherNodeDoesNotKnow() throws Exception {
        cluster.close();
        cluster = new TestCluster(directory.resolve("again"), "alpha", "beta");
        beta = links("beta", "alpha", new InetSocketAddress("127.0.0.1", 1));
        alpha = links("alpha", "beta", cluster.address("beta"), cluster.address("beta"));
        await().until(() -> states(alpha, "beta").get(0) == LinkState.UP);
        await().untilAsserted(() -> assertThat(alpha.facts("beta").get(1).reason())
                .contains("node alpha dials address 2 of beta", "list as many addresses on both, in the same order"));
    }

    private static List<LinkState> states(Links links, String node) {
        return links.peer(node).links().stream().map(Peer::state).toList();
    }

    private Links links(String node, String peer, InetSocketAddress... addresses) throws Exception {
        List<LinkAddress> ways = new java.util.ArrayList<>();
        for (InetSocketAddress address : addresses) {
            ways.add(LinkAddress.numbered(ways.size(), address));
        }
        Links links = cluster.links(new LinkConfig(
                node, List.of(cluster.address(node)), Map.of(peer, ways), LinkPolicy.LOADBALANCE, cluster.certificateFor(node), TestCluster.QUICK));
        links.register((from, method, request) -> {
            served.incrementAndGet();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CompletableFuture.completedFuture(request);
        });
        links.start();
        return links;
    }
}

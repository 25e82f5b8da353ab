package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.journal.Journal;
import io.homeport.link.FaultProxy;
import io.homeport.link.LinkAddress;
import io.homeport.link.LinkConfig;
import io.homeport.link.LinkPolicy;
import io.homeport.link.LinkState;
import io.homeport.link.Links;
import io.homeport.link.Peer;
import io.homeport.link.TestCluster;
import io.homeport.link.TrafficClass;
import io.homeport.socket.ShadowNet;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams between two nodes with two links, each a proxy that can be cut or made to swallow. */
@Timeout(120)
class SeveralLinksStreamsTest {
    private static final int STREAMS = 8;
    private static final int BYTES = Integer.getInteger("homeport.test.linkBytes", 3 << 20);
    /** No link for three seconds is enough here. */
    private static final StreamLimits LIMITS = new StreamLimits(1 << 20, 8 << 20, 1L << 30, 256 << 10, 10, 256, 1_000, 50, 3_000, 10_000);

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestCluster cluster;
    private FaultProxy first;
    private FaultProxy second;
    private Node alpha;
    private Node beta;
    private ShadowNet net;
    private final List<Stream> streams = new ArrayList<>();

    private record Node(Links links, Journal journal, StreamPlane plane) {}

    /** A client, its deputy at alpha, its stub at beta, and what plays the application there. */
    private record Stream(StreamState state, Socket client, Future<String> ended) {}

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(dir, "alpha", "beta");
        first = new FaultProxy(cluster.address("beta"));
        second = new FaultProxy(cluster.address("beta"));
        beta = node("beta", "alpha", new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("127.0.0.1", 2));
        alpha = node("alpha", "beta", first.address(), second.address());
        net = ShadowNet.open("test");
        awaitStates(LinkState.UP, LinkState.UP);
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        for (Stream stream : streams) {
            stream.client.close();
        }
        alpha.plane.close();
        beta.plane.close();
        cluster.close();
        net.close();
        first.close();
        second.close();
    }

    @Test
    void shouldSpreadStreamsAndMoveThemFromALostLinkAndBack() throws Exception {
        open(LinkPolicy.LOADBALANCE, 16);
        await().until(() -> links().stream().distinct().count() == 2);
        List<String> before = links();
        second.swallow(true);
        await().until(() -> links().stream().allMatch("link1"::equals));
        echo(1_000);
        second.swallow(false);
        awaitStates(LinkState.UP, LinkState.UP);
        await().until(() -> links().equals(before));
        echo(1_000);
    }

    @Test
    void shouldGoBackToThePreferredLink() throws Exception {
        open(LinkPolicy.parse("preferred:link2"), STREAMS);
        await().until(() -> links().stream().allMatch("link2"::equals));
        second.swallow(true);
        await().until(() -> links().stream().allMatch("link1"::equals));
        second.swallow(false);
        await().until(() -> links().stream().allMatch("link2"::equals));
        echo(1_000);
    }

    @Test
    void shouldWaitForAnExclusiveLink() throws Exception {
        open(LinkPolicy.parse("exclusive:link2"), STREAMS);
        await().until(() -> links().stream().allMatch("link2"::equals));
        second.swallow(true);
        awaitStates(LinkState.UP, LinkState.DOWN);
        await().until(() -> links().stream().allMatch(link -> link == null));
        second.swallow(false);
        await().until(() -> links().stream().allMatch("link2"::equals));
        echo(1_000);
    }

    @Test
    void shouldResetBothEndsWhenNoLinkIsLeft() throws Exception {
        open(LinkPolicy.LOADBALANCE, STREAMS);
        echo(1_000);
        first.swallow(true);
        second.swallow(true);
        for (Stream stream : streams) {
            assertThatThrownBy(() -> stream.client.getInputStream().read()).hasMessageContaining("reset");
            assertThat(stream.ended.get(30, SECONDS)).isEqualTo("reset");
        }
        List<StreamLoss> losses = beta.plane.losses().get();
        assertThat(losses).hasSize(STREAMS);
        assertThat(losses.get(0).text()).startsWith("no way to node alpha for 3000 ms (link1 DOWN: ").contains("; link2 DOWN: ");
        assertThat(alpha.plane.describe().get()).isEmpty();
        assertThat(beta.plane.describe().get()).isEmpty();
    }

    @Test
    void shouldLoseNoByteWhileLinksAreLostInTurn() throws Exception {
        open(LinkPolicy.LOADBALANCE, STREAMS);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Future<?> load = threads.submit(() -> {
            echo(BYTES);
            return null;
        });
        for (int i = 0; !load.isDone(); i++) {
            FaultProxy victim = i % 2 == 0 ? first : second;
            if (random.nextBoolean()) {
                victim.cut();
            } else {
                victim.swallow(true);
                Thread.sleep(random.nextInt(1_500));
                victim.swallow(false);
            }
            awaitStates(LinkState.UP, LinkState.UP);
            Thread.sleep(random.nextInt(100));
        }
        load.get(60, SECONDS);
    }

    @Test
    void shouldLoseNoByteInAStorm() throws Exception {
        open(LinkPolicy.parse("preferred:link2"), STREAMS);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Future<?> load = threads.submit(() -> {
            echo(8 * BYTES);
            return null;
        });
        for (int i = 0; i < 50; i++) {
            boolean cut = random.nextInt(4) == 0;
            second.hold(true);
            Thread.sleep(random.nextInt(600));
            if (cut) {
                second.cut();
            }
            second.hold(false);
            Thread.sleep(random.nextInt(200));
        }
        load.get(60, SECONDS);
        await().until(() -> links().stream().allMatch("link2"::equals));
    }

    private void open(LinkPolicy policy, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            Socket client = new Socket();
            StreamState state = Moved.hold(alpha.plane, "alpha", client);
            int shadow = beta.plane.stubs().prepare(net, 1, List.of(new Arrival(state, -1)), policy).get().get(state.id());
            alpha.plane.deputies().open(List.of(state.id())).get();
            beta.plane.stubs().start(List.of(state.id())).get();
            Raw application = new Raw(shadow);
            streams.add(new Stream(state, client, threads.submit(() -> playApplication(application))));
        }
    }

    /** Echoes until the connection ends; how it did. */
    private static String playApplication(Raw application) throws Exception {
        byte[] part = application.read(65536);
        while (part != null && part.length > 0) {
            application.write(part);
            part = application.read(65536);
        }
        return part == null ? "reset" : "end of file";
    }

    /** Every client sends so many bytes and reads them back. */
    private void echo(int bytes) throws Exception {
        byte[] expected = StreamTest.bytes(5, bytes);
        List<Future<?>> echoes = new ArrayList<>();
        for (Stream stream : streams) {
            echoes.add(threads.submit(() -> {
                stream.client.getOutputStream().write(expected);
                return null;
            }));
            echoes.add(threads.submit(() -> {
                assertThat(Arrays.mismatch(stream.client.getInputStream().readNBytes(bytes), expected)).isEqualTo(-1);
                return null;
            }));
        }
        for (Future<?> echo : echoes) {
            echo.get(60, SECONDS);
        }
    }

    /** By which link each stub and its deputy are bound; null unless both are, by the same. */
    private List<String> links() throws Exception {
        Map<Long, String> atAlpha = boundBy(alpha);
        Map<Long, String> atBeta = boundBy(beta);
        return streams.stream().map(stream -> stream.state.id())
                .map(id -> atBeta.get(id) != null && atBeta.get(id).equals(atAlpha.get(id)) ? atBeta.get(id) : null)
                .toList();
    }

    private static Map<Long, String> boundBy(Node node) throws Exception {
        Map<Long, String> links = new java.util.HashMap<>();
        node.plane.describe().get().forEach(stream -> links.put(stream.id(), stream.boundBy()));
        return links;
    }

    private void awaitStates(LinkState... expected) {
        for (Links links : List.of(alpha.links, beta.links)) {
            Peer peer = links.peers().iterator().next();
            await().atMost(20, SECONDS).until(() -> peer.links().stream().map(Peer::state).toList().equals(List.of(expected)));
        }
    }

    private Node node(String name, String peer, InetSocketAddress... addresses) throws Exception {
        List<LinkAddress> ways = new ArrayList<>();
        for (InetSocketAddress address : addresses) {
            ways.add(LinkAddress.numbered(ways.size(), address));
        }
        Links links = cluster.links(new LinkConfig(
                name, List.of(cluster.address(name)), Map.of(peer, ways), LinkPolicy.LOADBALANCE, cluster.certificateFor(name), TestCluster.QUICK));
        Journal journal = Journal.open(dir.resolve("journal-" + name), Journal.DEFAULT_CYCLE_BYTES);
        StreamPlane plane = new StreamPlane(
                name, (IoEventLoop) links.loop(TrafficClass.STREAM), journal, LIMITS, links::peer, new SecureRandom());
        links.register(TrafficClass.STREAM, plane);
        links.start();
        return new Node(links, journal, plane);
    }
}

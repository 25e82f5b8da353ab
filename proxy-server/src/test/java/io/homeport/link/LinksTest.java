package io.homeport.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LinksTest {
    @TempDir
    Path directory;

    private TestCluster cluster;
    private final Map<String, Map<TrafficClass, RecordingListener>> heard = new HashMap<>();

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void shouldCarryFramesBothWaysOnAllLanes() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta", "gamma");
        Links alpha = start("alpha");
        Links beta = start("beta");
        Links gamma = start("gamma");
        for (TrafficClass trafficClass : TrafficClass.values()) {
            exchange(alpha, beta, trafficClass);
            exchange(beta, alpha, trafficClass);
            exchange(gamma, alpha, trafficClass);
            exchange(beta, gamma, trafficClass);
        }
    }

    @Test
    void shouldKeepOrderAndContentOfFramesOfAllSizes() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        Links alpha = start("alpha");
        Links beta = start("beta");
        awaitUp(alpha, "beta", TrafficClass.STREAM);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        long offset = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(500_000) : random.nextInt(300)];
            new Random(offset).nextBytes(payload);
            // also as a slice and as a heap buffer: without room for the prefix
            ByteBuf frame = RecordingListener.data(7, offset, payload);
            alpha.peer("beta").send(TrafficClass.STREAM, i % 3 == 0 ? frame.slice() : frame);
            alpha.peer("beta").flush(TrafficClass.STREAM);
            offset += payload.length;
        }
        long expected = 0;
        RecordingListener listener = heard.get("beta").get(TrafficClass.STREAM);
        for (int i = 0; i < 2_000; i++) {
            RecordingListener.Received frame = listener.frames.poll(10, TimeUnit.SECONDS);
            assertThat(frame).as("frame %d", i).isNotNull();
            assertThat(frame.offset()).isEqualTo(expected);
            byte[] payload = new byte[frame.payload().length];
            new Random(expected).nextBytes(payload);
            assertThat(frame.payload()).isEqualTo(payload);
            expected += payload.length;
        }
        assertThat(beta.peer("alpha").up(TrafficClass.STREAM)).isTrue();
    }

    /** Its own thread has queued them, so its last flush comes before the loop has done the first. */
    @Test
    void shouldSendAllThatWasFlushedWhileTheLoopWasBusy() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta").timings(new LinkConfig.Timings(1_000, 40_000, 2, 100_000, 10, 200));
        Links alpha = start("alpha");
        Links beta = start("beta");
        for (TrafficClass trafficClass : TrafficClass.values()) {
            awaitUp(alpha, "beta", trafficClass);
            awaitUp(beta, "alpha", trafficClass);
            RecordingListener busy = heard.get("alpha").get(trafficClass);
            busy.busy = new CountDownLatch(1);
            beta.peer("alpha").send(trafficClass, RecordingListener.data(1, 0, new byte[1]));
            beta.peer("alpha").flush(trafficClass);
            for (int i = 0; i < 3; i++) {
                alpha.peer("beta").send(trafficClass, RecordingListener.data(7, i, new byte[1]));
                alpha.peer("beta").flush(trafficClass);
                Thread.sleep(i == 0 ? 200 : 0); // until the loop waits in what has come
            }
            busy.busy.countDown();
            for (int i = 0; i < 3; i++) {
                assertThat(heard.get("beta").get(trafficClass).frames.poll(10, TimeUnit.SECONDS)).as("frame %d on %s", i, trafficClass).isNotNull();
            }
        }
    }

    @Test
    void shouldDialUntilTheOtherNodeLives() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        Links alpha = start("alpha");
        Thread.sleep(300);
        assertThat(alpha.peer("beta").up(TrafficClass.CONTROL)).isFalse();
        assertThatThrownBy(() -> alpha.peer("beta").call((short) 1, new byte[0], Duration.ofSeconds(1)).join())
                .hasMessageContaining("node beta is not connected: ").hasMessageContaining("Connection refused");
        start("beta");
        awaitUp(alpha, "beta", TrafficClass.CONTROL);
    }

    @Test
    void shouldComeBackAfterAConnectionIsCut() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        try (FaultProxy proxy = new FaultProxy(cluster.address("beta"))) {
            Links beta = start("beta");
            Links alpha = startThrough(proxy);
            for (int i = 0; i < 3; i++) {
                exchange(alpha, beta, TrafficClass.STREAM);
                exchange(beta, alpha, TrafficClass.BULK);
                proxy.cut();
                RecordingListener listener = heard.get("alpha").get(TrafficClass.STREAM);
                int cuts = i + 1;
                await().until(() -> listener.events.stream().filter(event -> event.startsWith("down beta")).count() == cuts);
                await().until(() -> listener.events.stream().filter(event -> event.equals("up beta")).count() == cuts + 1);
            }
        }
    }

    @Test
    void shouldNoticeASilentPathAndUseItAgainOnceItSpeaks() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        try (FaultProxy proxy = new FaultProxy(cluster.address("beta"))) {
            Links beta = start("beta");
            Links alpha = startThrough(proxy);
            exchange(alpha, beta, TrafficClass.STREAM);
            proxy.swallow(true);
            await().until(() -> !alpha.peer("beta").up(TrafficClass.STREAM) && !beta.peer("alpha").up(TrafficClass.STREAM));
            assertThat(heard.get("alpha").get(TrafficClass.STREAM).events).last().asString().contains("silent for");
            proxy.swallow(false);
            exchange(alpha, beta, TrafficClass.STREAM);
        }
    }

    @Test
    void shouldReplaceLanesOfANodeThatStartsAnew() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        Links beta = start("beta");
        Links first = start("alpha");
        exchange(first, beta, TrafficClass.STREAM);
        Links second = start("alpha", new LinkConfig(
                "alpha", new InetSocketAddress("127.0.0.1", 0), Map.of("beta", cluster.address("beta")),
                cluster.certificateFor("alpha"), TestCluster.QUICK));
        awaitUp(second, "beta", TrafficClass.STREAM);
        await().until(() -> heard.get("beta").get(TrafficClass.STREAM).events.stream().anyMatch(event -> event.contains("dialled again")));
        first.close();
        exchange(second, beta, TrafficClass.STREAM);
    }

    @Test
    void shouldPushBackWhenTheOtherSideDoesNotRead() throws Exception {
        // The path swallows: what is sent piles up until the lane says so.
        cluster = new TestCluster(directory, "alpha", "beta").timings(new LinkConfig.Timings(500, 1_000, 2, 10_000, 10, 200));
        try (SlowProxy proxy = new SlowProxy(cluster.address("beta"))) {
            Links beta = start("beta");
            Links alpha = startThrough(proxy.address());
            exchange(alpha, beta, TrafficClass.STREAM);
            Peer peer = alpha.peer("beta");
            await().until(() -> peer.up(TrafficClass.BULK));
            proxy.pause(true);
            byte[] payload = new byte[60_000];
            int sent = 0;
            // Not writable for a moment is what a busy loop looks like: it is full if it stays so.
            for (int full = 0; full < 50 && sent < 10_000; full++) {
                if (peer.writable(TrafficClass.STREAM)) {
                    peer.send(TrafficClass.STREAM, RecordingListener.data(1, 0, payload));
                    peer.flush(TrafficClass.STREAM);
                    sent++;
                    full = 0;
                }
                Thread.sleep(0, 100_000);
            }
            assertThat(peer.writable(TrafficClass.STREAM)).isFalse();
            assertThat(peer.writable(TrafficClass.BULK)).isTrue();
            RecordingListener listener = heard.get("alpha").get(TrafficClass.STREAM);
            int before = listener.writable.get();
            proxy.pause(false);
            await().until(() -> peer.writable(TrafficClass.STREAM));
            await().until(() -> listener.writable.get() > before);
            int frames = sent;
            await().until(() -> heard.get("beta").get(TrafficClass.STREAM).frames.size() == frames);
        }
    }

    @Test
    void shouldServeItselfAsAPeer() throws Exception {
        cluster = new TestCluster(directory, "alpha");
        Links alpha = start("alpha");
        alpha.self().send(TrafficClass.STREAM, RecordingListener.data(5, 6, "home".getBytes(UTF_8)));
        RecordingListener listener = heard.get("alpha").get(TrafficClass.STREAM);
        RecordingListener.Received frame = listener.frames.poll(5, TimeUnit.SECONDS);
        assertThat(frame.node()).isEqualTo("alpha");
        assertThat(frame.payload()).isEqualTo("home".getBytes(UTF_8));
        assertThat(listener.events).containsExactly("up alpha");
        assertThat(alpha.peer("alpha")).isSameAs(alpha.self());
        assertThatThrownBy(() -> alpha.peer("omega")).hasMessageContaining("omega is not a peer of alpha");
    }

    @Test
    void shouldNameEverythingThatIsWrongWithItsSettings() throws Exception {
        cluster = new TestCluster(directory, "alpha");
        LinkConfig config = new LinkConfig(
                "Alpha", cluster.address("alpha"), Map.of("Alpha", cluster.address("alpha")),
                new LinkConfig.TlsFiles(Path.of("/none/ca.crt"), Path.of("/none/a"), Path.of("/none/b"), null), new LinkConfig.Timings(0, 10, 2, 5, 10, 1));
        List<String> problems = config.problems();
        assertThat(problems).hasSize(9);
        assertThatThrownBy(() -> cluster.links(config)).isInstanceOf(IllegalArgumentException.class);
    }

    private void exchange(Links from, Links to, TrafficClass trafficClass) throws Exception {
        String fromNode = nodeOf(from);
        String toNode = nodeOf(to);
        awaitUp(from, toNode, trafficClass);
        awaitUp(to, fromNode, trafficClass);
        from.peer(toNode).send(trafficClass, RecordingListener.data(1, 2, "ahoy".getBytes(UTF_8)));
        from.peer(toNode).flush(trafficClass);
        RecordingListener.Received frame = heard.get(toNode).get(trafficClass).frames.poll(5, TimeUnit.SECONDS);
        assertThat(frame).as("%s to %s on %s", fromNode, toNode, trafficClass).isNotNull();
        assertThat(frame.node()).isEqualTo(fromNode);
        assertThat(frame.payload()).isEqualTo("ahoy".getBytes(UTF_8));
    }

    private static String nodeOf(Links links) {
        return links.self().node();
    }

    private Links start(String node) throws Exception {
        return start(node, cluster.config(node));
    }

    private Links startThrough(FaultProxy proxy) throws Exception {
        return startThrough(proxy.address());
    }

    private Links startThrough(InetSocketAddress beta) throws Exception {
        LinkConfig config = cluster.config("alpha");
        return start("alpha", new LinkConfig("alpha", config.listenAddresses().get(0), Map.of("beta", beta), config.tls(), config.timings()));
    }

    private Links start(String node, LinkConfig config) throws Exception {
        Links links = cluster.links(config);
        Map<TrafficClass, RecordingListener> listeners = new EnumMap<>(TrafficClass.class);
        for (TrafficClass trafficClass : TrafficClass.values()) {
            listeners.put(trafficClass, new RecordingListener());
            links.register(trafficClass, listeners.get(trafficClass));
        }
        heard.put(node, listeners);
        links.start();
        return links;
    }

    private static void awaitUp(Links links, String node, TrafficClass trafficClass) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> links.peer(node).up(trafficClass));
    }
}

package io.homeport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/limits.md says of lanes, at the limit. */
@Timeout(60)
class LaneLimitsTest {
    private static final int MAX_HANDSHAKES = 128;
    private static final int FRAME_BYTES = 512 << 10;
    private static final int MAX_WAITING_FRAMES = (64 << 20) / FRAME_BYTES;
    /** Nothing ends for want of time. */
    private static final LinkConfig.Timings PATIENT = new LinkConfig.Timings(50_000, 100, 2, 50_000, 10, 200);

    @TempDir
    Path directory;

    private TestCluster cluster;

    @BeforeEach
    void prepare() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta").timings(PATIENT);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void shouldEndTheLaneOfANodeThatDoesNotRead() throws Exception {
        start(cluster.config("beta"));
        try (FaultProxy proxy = new FaultProxy(cluster.address("beta"))) {
            LinkConfig config = cluster.config("alpha");
            RecordingListener listener = new RecordingListener();
            Links alpha = cluster.links(new LinkConfig(
                    "alpha", config.listenAddresses().get(0), Map.of("beta", proxy.address()), config.tls(), config.timings()));
            alpha.register(TrafficClass.BULK, listener);
            alpha.start();
            await().until(() -> alpha.peer("beta").up(TrafficClass.BULK));
            proxy.hold(true);
            // Sockets and proxy hold some MB, too: so twice the limit is beyond it, and half of it is not.
            send(alpha, MAX_WAITING_FRAMES / 2);
            assertThat(listener.events).noneMatch(event -> event.startsWith("down"));
            send(alpha, MAX_WAITING_FRAMES * 3 / 2);
            await().until(() -> listener.events.stream().anyMatch(event -> event.contains("does not read: more than 67108864 bytes wait for it")));
            proxy.hold(false);
            await().until(() -> alpha.peer("beta").up(TrafficClass.BULK));
        }
    }

    @Test
    void shouldRefuseMoreHandshakesThanItKeeps() throws Exception {
        start(cluster.config("beta"));
        Stranger stranger = new Stranger(cluster, directory);
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < MAX_HANDSHAKES; i++) {
            idle.add(stranger.connect());
        }
        try (Socket oneMore = stranger.connect()) {
            assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
        }
        idle.get(0).close();
        Links alpha = start(cluster.config("alpha"));
        for (Socket socket : idle) {
            socket.close();
        }
        await().until(() -> alpha.peer("beta").up(TrafficClass.STREAM));
    }

    private Links start(LinkConfig config) throws Exception {
        Links links = cluster.links(config);
        for (TrafficClass trafficClass : TrafficClass.values()) {
            links.register(trafficClass, new RecordingListener());
        }
        links.start();
        return links;
    }

    private static void send(Links links, int frames) {
        for (int i = 0; i < frames; i++) {
            links.peer("beta").send(TrafficClass.BULK, RecordingListener.data(7, i, new byte[FRAME_BYTES]));
            links.peer("beta").flush(TrafficClass.BULK);
        }
    }
}

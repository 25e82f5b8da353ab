package io.homeport.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.journal.Journal;
import io.homeport.link.Links;
import io.homeport.link.TestCluster;
import io.homeport.link.TrafficClass;
import io.homeport.socket.ShadowNet;
import io.netty.channel.IoEventLoop;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams over real lanes with TLS. */
@Timeout(90)
class LinkedStreamsTest {
    private static final int BYTES = Integer.getInteger("homeport.test.streamBytes", 8 << 20);

    @TempDir
    Path dir;

    private record Node(Links links, Journal journal, StreamPlane plane) implements AutoCloseable {
        static Node start(TestCluster cluster, String name, Path dir) throws Exception {
            Links links = cluster.links(name);
            Journal journal = Journal.open(dir.resolve("journal-" + name), Journal.DEFAULT_CYCLE_BYTES);
            StreamPlane plane = new StreamPlane(name, (IoEventLoop) links.loop(TrafficClass.STREAM), journal, StreamLimits.DEFAULT,
                    links::peer, new SecureRandom());
            links.register(TrafficClass.STREAM, plane);
            links.start();
            return new Node(links, journal, plane);
        }

        @Override
        public void close() {
            plane.close();
        }
    }

    @Test
    void shouldEchoOverTls() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestCluster cluster = new TestCluster(dir, "alpha", "beta");
                Node alpha = Node.start(cluster, "alpha", dir);
                Node beta = Node.start(cluster, "beta", dir);
                ShadowNet net = ShadowNet.open("test");
                Socket client = new Socket()) {
            StreamState state = Moved.hold(alpha.plane(), "alpha", client);
            int fd = beta.plane().stubs().prepare(net, 1, List.of(new Arrival(state, -1))).get().get(state.id());
            alpha.plane().deputies().open(List.of(state.id())).get();
            beta.plane().stubs().start(List.of(state.id())).get();
            Raw application = new Raw(fd);
            Future<?> echo = threads.submit(() -> {
                for (byte[] part = application.read(65536); part.length > 0; part = application.read(65536)) {
                    application.write(part);
                }
                application.close();
                return null;
            });
            byte[] expected = StreamTest.bytes(5, BYTES);
            long startNs = System.nanoTime();
            Future<?> writer = threads.submit(() -> {
                client.getOutputStream().write(expected);
                client.shutdownOutput();
                return null;
            });
            assertThat(Arrays.mismatch(client.getInputStream().readNBytes(BYTES), expected)).isEqualTo(-1);
            long ms = (System.nanoTime() - startNs) / 1_000_000;
            System.out.println("echo over TLS: " + BYTES / 1000 / ms + " MB/s each way");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            writer.get(10, SECONDS);
            echo.get(10, SECONDS);
            await().atMost(30, SECONDS).untilAsserted(() -> {
                assertThat(alpha.plane().describe().get()).isEmpty();
                assertThat(beta.plane().describe().get()).isEmpty();
            });
        } finally {
            threads.shutdownNow();
        }
    }
}

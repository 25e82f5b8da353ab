package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.system.thirdparty.ThirdPartyClients;
import io.homeport.system.thirdparty.ThirdPartyService;
import io.homeport.workload.CheckedBytes;
import io.homeport.workload.CheckedExchange;
import io.homeport.workload.JdkHttpClients;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that are not ours, with clients that are not ours, on the whole way round. */
@ExtendWith(HarbourExtension.class)
class ThirdPartyServersSystemTest {
    private static final int SLOW_BODY_BYTES = 600_000;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldKeepTomcatJettyAndNetty(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, ThirdPartyService.class))) {
            MovedService service = move.service();
            String host = harbour.address(Harbour.ALPHA).getHostAddress();
            for (String kind : List.of("tomcat", "jetty")) {
                URI uri = URI.create("http://" + host + ":" + service.port(kind) + "/");
                Fleet fleet = move.fleet();
                fleet.add(JdkHttpClients.httpClient("HttpClient to " + kind, uri, fleet.nextSeed(), 20));
                fleet.add(JdkHttpClients.urlConnection("HttpURLConnection to " + kind, uri, fleet.nextSeed(), 20));
                fleet.add(ThirdPartyClients.apacheLoop("Apache to " + kind, host, service.port(kind), fleet.nextSeed()));
            }
            move.connect("netty-nio");
            move.connect("netty-epoll");
            move.connectFrom(Harbour.BETA, "netty-nio", "netty-epoll");
            Curl curl = Curl.start(directory, host, service.port("tomcat"), move.fleet().nextSeed());
            move.along(Move.ROUND);
            curl.check();
            move.check();
        }
    }

    /** One curl that uploads slowly enough to be under way during all moves, and gets its answer after the last. */
    private record Curl(Process process, long seed, Path answer) {
        static Curl start(Path directory, String host, int port, long seed) throws Exception {
            Path body = Files.write(directory.resolve("body"), CheckedBytes.of(seed, 0, SLOW_BODY_BYTES));
            Path answer = directory.resolve("answer");
            Process process = new ProcessBuilder(new ArrayList<>(List.of(
                            "curl", "--silent", "--show-error", "--fail", "--limit-rate", "60k", "-H", "Expect:",
                            "--data-binary", "@" + body, "-H", "Content-Type: application/octet-stream", "-o", answer.toString(),
                            "http://" + host + ":" + port + CheckedExchange.path(seed, 0))))
                    .inheritIO()
                    .start();
            return new Curl(process, seed, answer);
        }

        void check() throws Exception {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("curl ends").isTrue();
            assertThat(process.exitValue()).as("curl's status").isZero();
            CheckedExchange.check(seed, 0, SLOW_BODY_BYTES, 200, Files.readAllBytes(answer));
        }
    }
}

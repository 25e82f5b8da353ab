package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.system.thirdparty.ThirdPartyService;
import io.homeport.workload.service.Service;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real process has besides its sockets: standard streams, log files, a working directory, the JDK's own files. */
@ExtendWith(HarbourExtension.class)
class SurroundingsSystemTest {
    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldGoOnReadingAndWritingItsPipes(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class).withStandardStreams(""))) {
            assertStreamsGoOn(move);
            move.check();
        }
    }

    /** script(1) gives the service a terminal and copies what it says to a pipe that the test reads. */
    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldGoOnWritingToItsTerminal(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class).withTerminal())) {
            BlockingQueue<String> said = lines(move.service().process());
            for (String node : Move.ROUND) {
                move.along(node);
                move.service().ask("say terminal-on-" + node);
                awaitLine(said, "terminal-on-" + node);
            }
            move.check();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldCarryItsFilesAlong(Jdk jdk, Harbour harbour) throws Exception {
        for (String node : new String[] {Harbour.ALPHA, Harbour.BETA, Harbour.GAMMA}) {
            harbour.shell(node, "rm -rf /tmp/work; mkdir -p /tmp/work/logs");
        }
        Launch launch = Launch.of(jdk, Service.class)
                .inDirectory("/tmp/work")
                .withStandardStreams("</dev/null >/tmp/work/out 2>&1");
        try (Move move = Move.prepare(harbour, launch)) {
            MovedService service = move.service();
            service.ask("log logs/service.log");
            int lines = 1;
            for (String node : Move.ROUND) {
                service.ask("line");
                move.along(node);
                service.ask("line");
                lines += 2;
                service.ask("say out-on-" + node);
                String expected = String.join("\n", IntStream.range(0, lines).mapToObj(i -> "line " + i).toList());
                assertThat(harbour.shell(node, "cat /tmp/work/logs/service.log").output().strip()).as("log on %s", node).isEqualTo(expected);
                assertThat(harbour.shell(node, "cat /tmp/work/out").output()).as("standard output on %s", node).contains("out-on-" + node);
                assertThat(service.ask("cwd")).isEqualTo("/tmp/work");
                assertThat(harbour.shell(node, "readlink /proc/" + service.pid() + "/cwd").output().strip()).isEqualTo("/tmp/work");
            }
            assertThat(harbour.shell(Harbour.ALPHA, "cat /tmp/work/out").output())
                    .contains("out-on-beta", "out-on-gamma", "out-on-alpha");
            move.check();
        }
    }

    /** hsperfdata and the attach socket: jps finds it, jcmd talks to it, where it is now. */
    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldAnswerTheJdksTools(Jdk jdk, Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(jdk, Service.class))) {
            for (String node : Move.ROUND) {
                move.along(node);
                long pid = move.service().pid();
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                        assertThat(harbour.run(node, jdk.program("jcmd"), Long.toString(pid), "Thread.print").output())
                                .as("jcmd on %s", node).contains("Full thread dump", "selector"));
                assertThat(harbour.run(node, jdk.program("jcmd"), Long.toString(pid), "PerfCounter.print").output())
                        .as("hsperfdata on %s", node).contains("java.threads.live=");
            }
            move.check();
        }
    }

    /** Netty's unpacked library lies in /tmp of alpha only, and is unlinked after it was loaded. */
    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldCarryUnpackedNativeLibrariesAlong(Jdk jdk, Harbour harbour) throws Exception {
        for (String delete : new String[] {"true", "false"}) {
            Launch launch = Launch.of(jdk, ThirdPartyService.class)
                    .withOptions("-Dio.netty.native.deleteLibAfterLoading=" + delete, "-Dio.netty.native.workdir=/tmp/unpacked-" + delete);
            harbour.shell(Harbour.ALPHA, "mkdir -p /tmp/unpacked-" + delete);
            try (Move move = Move.prepare(harbour, launch)) {
                move.connect("netty-epoll");
                move.along(Move.ROUND);
                move.check();
            }
        }
    }

    @Test
    void shouldFindItsTimersAndClockAsTheyWere(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            long last = nanoTime(move.service());
            for (String node : Move.ROUND) {
                move.along(node);
                long now = nanoTime(move.service());
                assertThat(now).as("nanoTime on %s", node).isGreaterThan(last);
                assertThat(now - last).as("nanoTime on %s", node).isLessThan(TimeUnit.SECONDS.toNanos(60));
                last = now;
                long ticks = ticks(move.service());
                Thread.sleep(500);
                assertThat(ticks(move.service()) - ticks).as("5 ms sleeps in half a second on %s", node).isBetween(10L, 110L);
            }
            assertThat(move.service().ask("clock")).contains("backwards=0 ");
        }
    }

    private static void assertStreamsGoOn(Move move) throws Exception {
        Process process = move.service().process();
        BlockingQueue<String> said = lines(process);
        for (String node : Move.ROUND) {
            process.getOutputStream().write('a');
            process.getOutputStream().flush();
            move.along(node);
            process.getOutputStream().write('b');
            process.getOutputStream().flush();
            if (!Harbour.STILL) {
                assertThat(move.service().ask("hear")).as("standard input on %s", node).isEqualTo("a");
                assertThat(move.service().ask("hear")).as("standard input on %s", node).isEqualTo("b");
            }
            move.service().ask("say pipe-on-" + node);
            awaitLine(said, "pipe-on-" + node);
        }
    }

    private static BlockingQueue<String> lines(Process process) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> new BufferedReader(new InputStreamReader(process.getInputStream())).lines().forEach(lines::add));
        reader.setDaemon(true);
        reader.setUncaughtExceptionHandler((thread, ended) -> {});
        reader.start();
        return lines;
    }

    private static void awaitLine(BlockingQueue<String> lines, String wanted) throws InterruptedException {
        for (String line = lines.poll(20, TimeUnit.SECONDS); ; line = lines.poll(20, TimeUnit.SECONDS)) {
            assertThat(line).as("waiting for %s", wanted).isNotNull();
            if (line.strip().equals(wanted)) {
                return;
            }
        }
    }

    private static long nanoTime(MovedService service) {
        return field(service, "nanoTime=");
    }

    private static long ticks(MovedService service) {
        return field(service, "ticks=");
    }

    private static long field(MovedService service, String name) {
        for (String word : List.of(service.ask("clock").split(" "))) {
            if (word.startsWith(name)) {
                return Long.parseLong(word.substring(name.length()));
            }
        }
        throw new IllegalStateException("no " + name);
    }
}

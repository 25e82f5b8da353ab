package io.homeport.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A daemon that rehearses before it begins: nothing of it is left, whether it ends well or is cut short. */
class RehearsalSystemTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static Lab lab;
    private static LabNode alpha;

    @BeforeAll
    static void up() {
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(System.getProperty("user.name")).as("a lab needs root").isEqualTo("root");
        }
        lab = Lab.up(LabPlan.of("alpha").withName("rehearse-" + ProcessHandle.current().pid()).rehearsing());
        alpha = lab.node("alpha");
    }

    @AfterAll
    static void down() {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void shouldLeaveNothing() throws Exception {
        begin();
        alpha.daemon().awaitAnswer(PATIENCE);
        assertThat(Files.readString(alpha.log())).contains("a move was rehearsed in").doesNotContain("no move could be rehearsed", "node there", "node here");
        assertNothingLeft();
    }

    @Test
    void shouldBeginAllTheSameWhenItsLastRehearsalWasCutShort() throws Exception {
        begin();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> commandLines().stream().anyMatch(line -> line.contains("homeport-capsule restore")));
        alpha.daemon().end("KILL");
        alpha.daemon().start();
        alpha.daemon().awaitAnswer(PATIENCE);
        assertThat(Files.readString(alpha.log())).contains("has ended in the midst of a rehearsal");
        assertNothingLeft();
    }

    private static void begin() throws IOException {
        alpha.daemon().end("TERM");
        Files.write(alpha.log(), new byte[0]);
        alpha.daemon().start();
    }

    private static void assertNothingLeft() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(commandLines()).noneMatch(line -> line.contains("rehearsal") || line.contains("homeport-capsule") || line.contains("/criu "));
            assertThat(alpha.inside("/run/homeport/rehearsal")).doesNotExist();
            assertThat(Files.readString(alpha.inside("/proc/1/mountinfo"))).doesNotContain("rehearsal");
        });
    }

    private static List<String> commandLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(alpha.inside("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                try {
                    lines.add(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).replace('\0', ' '));
                } catch (IOException ended) {
                    continue;
                }
            }
        }
        return lines;
    }
}

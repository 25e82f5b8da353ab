package io.homeport.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.config.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's command, as a user gives it: real nodes, real CRIU, real moves. */
class DemoSystemTest {
    private static final int MOVES = 6;
    private static final long TIMEOUT_SECONDS = 600;

    @TempDir
    private Path directory;

    @Test
    void shouldMoveEverybodyOnceAndNobodyNotices() throws Exception {
        Path said = directory.resolve("said");
        ProcessBuilder command = new ProcessBuilder(
                Installation.find().launcher().toString(), "demo", "--moves", Integer.toString(MOVES), "--seed", "1", "--json");
        command.environment().put("HOMEPORT_NO_BUILD", "1");
        command.environment().put("HOMEPORT_LAB", "demo-test-" + ProcessHandle.current().pid());
        Process demo = command.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        try {
            assertThat(demo.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("ends within " + TIMEOUT_SECONDS + " s").isTrue();
        } finally {
            demo.destroy();
        }
        List<String> lines = Files.readAllLines(said);
        assertThat(demo.exitValue()).as(String.join("\n", lines)).isZero();
        JsonNode outcome = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(outcome.get("moves").asInt()).isEqualTo(MOVES);
        assertThat(outcome.get("meals").asInt()).isGreaterThan(20);
        assertThat(outcome.get("requests").asInt()).isGreaterThan(500);
        assertThat(outcome.get("violations").asInt()).isZero();
        assertThat(outcome.get("mismatches").asInt()).isZero();
        assertThat(outcome.get("silenceMsP50").asDouble()).isPositive();
        assertThat(outcome.get("silenceMsMax").asDouble()).isGreaterThanOrEqualTo(outcome.get("silenceMsP50").asDouble());
    }
}

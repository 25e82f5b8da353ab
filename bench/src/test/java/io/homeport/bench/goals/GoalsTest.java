package io.homeport.bench.goals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.bench.figures.Spread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoalsTest {
    private final Goals goals = new Goals(Map.of(
            Goal.TOMCAT, new Spread(0.95, 0.8, 1.1, 3), Goal.ONE_STREAM, new Spread(0.9, 0.7, 1.05, 3), Goal.GIGABYTES, new Spread(1.5, 1.2, 2, 3)));

    @TempDir
    Path directory;

    @Test
    void shouldTellWhatIsReachedByTheMedianAndWhatAtBest() {
        assertThat(goals.table().text().lines())
                .anyMatch(line -> line.matches("wrk, 64 .* at least 0\\.90 x +0\\.950 \\(0\\.800 to 1\\.10\\) x +reached"))
                .anyMatch(line -> line.matches("one stream, tls: off.* at least 1 x +0\\.900 \\(0\\.700 to 1\\.05\\) x +reached at best"))
                .anyMatch(line -> line.matches("silence with 2 GB.* at most 1 s +1\\.50 \\(1\\.20 to 2\\.00\\) s +missed"));
    }

    @Test
    void shouldReadWhatItWrites() throws Exception {
        Path file = Files.writeString(directory.resolve("goals.txt"), goals.text("a machine"));
        assertThat(file).content().startsWith("# a machine\n");
        Goals read = Goals.read(file);
        assertThat(read.figures().keySet()).containsExactly(Goal.ONE_STREAM, Goal.TOMCAT, Goal.GIGABYTES);
        assertThat(read.figures().get(Goal.TOMCAT).median()).isEqualTo(0.95);
    }

    @Test
    void shouldComplainOfWhatIsWorseThanTheToleranceInEitherDirection() {
        Goals kept = Goals.parse(List.of("TOMCAT 2.0", "GIGABYTES 0.9", "ONE_STREAM 1.0", "IDLE_MEMORY 3"));
        assertThat(kept.worse(goals, 0.5)).hasSize(2).anyMatch(said -> said.endsWith("0.950 x, was 2.00: worse by 111 %"))
                .anyMatch(said -> said.startsWith("silence with 2 GB") && said.endsWith("worse by 67 %"));
        assertThat(kept.worse(goals, 1.2)).isEmpty();
    }

    @Test
    void shouldRefuseWhatCannotBeCompared() {
        assertThatThrownBy(() -> Goals.parse(List.of("TOMCAT 2.0 x"))).hasMessageContaining("'TOMCAT 2.0 x': not 'GOAL FIGURE'");
        assertThatThrownBy(() -> Goals.parse(List.of("FAST 2.0"))).hasMessageContaining("'FAST 2.0'");
        assertThatThrownBy(() -> Goals.parse(List.of("IDLE_MEMORY 3")).worse(goals, 1)).hasMessageContaining("nothing that was kept");
        assertThatThrownBy(() -> Goals.read(directory.resolve("none"))).hasMessageContaining("--keep FILE writes it");
    }
}

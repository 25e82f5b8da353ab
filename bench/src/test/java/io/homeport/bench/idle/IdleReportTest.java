package io.homeport.bench.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdleReportTest {
    private final IdleReport report = new IdleReport(
            List.of(100, 300), Stream.of(sample(100, 0), sample(300, 0), sample(100, 50_000), sample(300, 50_000)).toList());

    @Test
    void shouldTellTheSlopeAndNothingOfWhatIsFixed() {
        assertThat(report.sum().median()).isEqualTo(8);
        assertThat(row("sum of these")).containsExactly("sum of these", "4.00 (4.00 to 4.00)", "4.00 (4.00 to 4.00)", "8.00 (8.00 to 8.00)");
        assertThat(row("resident (Rss)")).endsWith("2.00 (2.00 to 2.00)");
        assertThat(row("kernel")).endsWith("3.00 (3.00 to 3.00)");
    }

    @Test
    void shouldNameTheClassesThatTakeMost() {
        assertThat(report.classes().text().lines().map(line -> line.split("  +")[0]).skip(1)).containsExactly("Stub", "Inflow");
        assertThat(report.classes().text()).contains("Stub", "2,000", "Inflow", "40.0").doesNotContain("Node");
    }

    @Test
    void shouldTellProgramsTheSame() {
        Map<?, ?> each = (Map<?, ?>) report.json().get("kilobytesEach");
        assertThat(each.get("sum")).hasToString("{median=8.0, least=8.0, most=8.0}");
        assertThat(each.get("live Java objects")).hasToString("{median=2.0, least=2.0, most=2.0}");
        assertThat((List<?>) report.json().get("grownBytes")).hasSize(4);
    }

    @Test
    void shouldWantTwoNumbers() {
        assertThatThrownBy(() -> new IdleReport(List.of(5, 5), List.of())).hasMessageContaining("[5, 5]");
    }

    private List<String> row(String title) {
        String line = report.table().text().lines().filter(each -> each.startsWith(title)).findFirst().orElseThrow();
        return List.of(line.split("  +"));
    }

    /** 1 KB for each connection in every part of each daemon, beside {@code fixed} bytes; 3 in the kernel. */
    private static IdleSample sample(int connections, long fixed) {
        Map<Part, Long> parts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            parts.put(part, fixed + 1024L * connections);
        }
        LiveObjects objects = new LiveObjects(Map.of("Stub", 1000L * connections, "Inflow", 20L * connections, "Node", 7L));
        return new IdleSample(
                connections, Map.of("alpha", parts, "beta", parts), fixed + 3072L * connections, Map.of("alpha", objects, "beta", objects));
    }
}

package io.homeport.bench.moves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.bench.figures.Spread;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MovesReportTest {
    private static final Floor FLOOR = Floor.parse("90000 70500 72000000\n");

    private final MovesReport report = new MovesReport(
            3, 5, List.of(sample(900, 800, 40), sample(321, 200, 50), sample(642, 400, 100), sample(160.5, 150, 75)));

    @Test
    void shouldReadWhatTheScriptPrints() {
        assertThat(FLOOR).isEqualTo(new Floor(90, 70.5, 72_000_000));
        assertThat(FLOOR.totalMs()).isEqualTo(160.5);
    }

    @Test
    void shouldReadTheReportOfAMove() {
        Moved moved = Moved.parse("""
                prepare ...
                {"service":"echo","pid":7,"from":"alpha","to":"beta","silenceMs":3,"totalMs":9,"imageBytes":80,"streams":6,\
                "steps":[{"step":"prepare","ms":1.5},{"step":"hand over","ms":2}]}
                """);
        assertThat(moved.stepMs()).containsExactly(Map.entry("prepare", 1.5), Map.entry("hand over", 2.0));
        assertThat(moved.frozenMs()).isEqualTo(3);
        assertThat(moved.imageBytes()).isEqualTo(80);
        assertThatThrownBy(() -> Moved.parse("{\"error\":\"no\"}")).hasMessageContaining("no report of a move");
    }

    @Test
    void shouldTellTheSilenceOfAMove() {
        MoveSample sample = sample(100, 90, 1);
        assertThat(sample.silenceMsMax()).isEqualTo(100);
        assertThat(sample.silenceMsP50()).isEqualTo(50);
        assertThat(sample).hasToString("alpha -> beta: silence 50 ms (p50), 100 ms (max); dump and restore by hand 161 ms");
    }

    @Test
    void shouldLeaveTheFirstMoveOut() {
        assertThat(report.spread(MoveSample::silenceMsMax)).isEqualTo(new Spread(321, 160.5, 642, 3));
        assertThat(report.overFloor()).isEqualTo(new Spread(2, 1, 4, 3));
        assertThat(report.silences().getTotalCount()).isEqualTo(9);
        assertThatThrownBy(() -> new MovesReport(1, 5, List.of(sample(1, 1, 1)))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTellEachStepsShare() {
        assertThat(report.steps()).containsKeys("checkpoint", "restore");
        assertThat(report.table().text())
                .containsPattern("\n  checkpoint, ms +75.0 +50.0 +100 +38 %\n")
                .containsPattern("\nsilence \\(longest\\) / by hand +2.00 +1.00 +4.00 +x\n")
                .containsPattern("\nthe first move: silence \\(longest\\), ms +900 +900 +900\n");
    }

    @Test
    void shouldReadWhatTheScriptThatMovesTheAddressPrints() {
        AddressedMove move = AddressedMove.parse("234500 113000 112500 92400000\n", new long[] {5_000_000, 250_000_000, 7_000_000});
        assertThat(move.awayMs()).isEqualTo(234.5);
        assertThat(move.dumpMs()).isEqualTo(113);
        assertThat(move.restoreMs()).isEqualTo(112.5);
        assertThat(move.imageBytes()).isEqualTo(92_400_000);
        assertThat(move.silenceMsMax()).isEqualTo(250);
    }

    @Test
    void shouldTellOfMovesWithTheAddressOnlyIfThereWereSome() {
        MovesReport with = new MovesReport(3, 5, List.of(beside(sample(900, 800, 40), 10), beside(sample(300, 200, 50), 200)));
        assertThat(with.samples().get(1).toString()).endsWith("by hand 161 ms; --tcp-established: silence 200 ms (max)");
        assertThat(with.table().text())
                .containsPattern("\n--tcp-established: silence, longest of all connections, ms +200 +200 +200\n")
                .containsPattern("\n--tcp-established: criu restore, ms +112 +112 +112\n")
                .containsPattern("\nsilence \\(longest\\) / --tcp-established +1.50 +1.50 +1.50 +x\n");
        assertThat(with.json()).containsEntry("longestSilenceOverTcpEstablished", Map.of("median", 1.5, "least", 1.5, "most", 1.5));
        assertThat(report.table().text()).doesNotContain("--tcp-established");
        assertThat(report.json()).doesNotContainKey("longestSilenceOverTcpEstablished");
    }

    @Test
    void shouldTellProgramsTheSame() {
        assertThat(report.json())
                .containsEntry("moves", 3)
                .containsEntry("longestSilenceOverByHand", Map.of("median", 2.0, "least", 1.0, "most", 4.0))
                .containsEntry("firstMoveLongestSilenceMs", 900.0);
    }

    private static MoveSample beside(MoveSample sample, double silenceMs) {
        long[] silencesNs = {Math.round(silenceMs * 1e6), 1_000_000};
        return sample.beside(Optional.of(AddressedMove.parse("234500 113000 112000 92400000", silencesNs)));
    }

    private static MoveSample sample(double silenceMs, double frozenMs, double checkpointMs) {
        long longest = Math.round(silenceMs * 1e6);
        Map<String, Double> steps = new LinkedHashMap<>();
        steps.put("checkpoint", checkpointMs);
        steps.put("restore", frozenMs - checkpointMs);
        return new MoveSample(
                "alpha", "beta", new long[] {longest, longest / 4, longest / 2}, new Moved(steps, frozenMs, 80), FLOOR, Optional.empty());
    }
}

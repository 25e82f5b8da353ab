package io.homeport.bench.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.load.Outcome;
import io.homeport.bench.load.Work;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RelayReportTest {
    private static final List<Contender> ALL = List.of(Contender.DIRECT, Contender.HAPROXY2, Contender.HOMEPORT);
    private final RelayPlan plan = new RelayPlan(ALL, List.of(Work.PING, Work.UP), 2, 1_000, 100);
    private final RelayReport report = new RelayReport(plan, samples());

    @Test
    void shouldDivideByTheBaselineOfTheSameRound() {
        assertThat(report.ratio(Contender.HOMEPORT, Work.UP, Figure.SPEED).median()).isCloseTo(0.5, within(1e-9));
        assertThat(report.spread(Contender.HOMEPORT, Work.UP, Figure.SPEED).least()).isCloseTo(50, within(1e-9));
        assertThat(report.spread(Contender.HOMEPORT, Work.UP, Figure.SPEED).most()).isCloseTo(500, within(1e-9));
    }

    @Test
    void shouldPrintARowForEachContender() {
        assertThat(report.table(Work.UP).text().lines().map(line -> line.split("  +")[0]))
                .containsExactly("up", "direct", "haproxy2", "homeport");
        assertThat(report.table(Work.UP).text()).contains("275 (50.0 to 500)", "0.500 (0.500 to 0.500)", "relay CPU s/GB");
    }

    @Test
    void shouldTellNoProcessorTimeOfWhatHasNoRelay() {
        String direct = report.table(Work.UP).text().lines().filter(line -> line.startsWith("direct")).findFirst().orElseThrow();
        assertThat(direct.split("  +")).hasSize(3);
    }

    @Test
    void shouldKeepTheRatiosOfOurOwnThatAreSteady() {
        assertThat(report.ratios().ratios().keySet().stream().map(Ratios.Key::toString))
                .containsExactly("homeport ping P50", "homeport ping CPU_PER_ANSWER", "homeport up SPEED", "homeport up CPU_PER_GB");
    }

    @Test
    void shouldMergeTheWaitsOfAllRounds() {
        assertThat(report.waits(Contender.HOMEPORT, Work.PING).getTotalCount()).isEqualTo(200);
        assertThat(Figure.P50.of(samples().get(0))).isCloseTo(10, within(0.1));
    }

    @Test
    void shouldDrawEveryWork() {
        assertThat(new RelayPlots(report).draw().keySet())
                .containsExactly("relay-ping.svg", "relay-ping-cpu.svg", "relay-up.svg", "relay-up-cpu.svg");
        assertThat(new RelayPlots(report).draw().values()).allMatch(svg -> svg.startsWith("<svg") && svg.endsWith("</svg>\n"));
    }

    @Test
    void shouldLetEachContenderBeFirst() {
        assertThat(plan.order(0)).isEqualTo(ALL);
        assertThat(plan.order(1)).containsExactly(Contender.HAPROXY2, Contender.HOMEPORT, Contender.DIRECT);
        assertThat(plan.without(List.of(Contender.HAPROXY2)).baseline()).isEqualTo(Contender.DIRECT);
    }

    private static List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (Contender contender : ALL) {
                double cpuSeconds = contender == Contender.DIRECT ? 0 : 0.5;
                Histogram waits = Outcome.newWaits();
                waits.recordValueWithCount(10_000, 100);
                samples.add(new Sample(contender, Work.PING, round, new Outcome(100, 1_000_000_000, waits), cpuSeconds));
                long bytes = (contender == Contender.HOMEPORT ? 50_000_000L : 100_000_000L) * (round == 0 ? 1 : 10);
                samples.add(new Sample(
                        contender, Work.UP, round, new Outcome(bytes, 1_000_000_000, Outcome.newWaits()), cpuSeconds));
            }
        }
        return samples;
    }
}

package io.homeport.bench.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.bench.contender.Contender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TomcatReportTest {
    private static final List<Contender> ALL = List.of(Contender.BARE, Contender.UNMOVED, Contender.HAPROXY1, Contender.HOMEPORT);
    private final TomcatPlan plan = new TomcatPlan(ALL, 2, 1, 1);
    private final TomcatReport report = new TomcatReport(plan, samples());

    @Test
    void shouldCompareEachWithItsPeerOfTheSameRound() {
        assertThat(ALL.stream().map(plan::peer))
                .containsExactly(Contender.BARE, Contender.BARE, Contender.HAPROXY1, Contender.HAPROXY1);
        String homeport = report.table().text().lines().filter(line -> line.startsWith("homeport")).findFirst().orElseThrow();
        assertThat(homeport.split("  +"))
                .containsExactly(
                        "homeport", "haproxy1", "4,950 (900 to 9,000)", "0.900 (0.900 to 0.900)", "1,000 (1,000 to 1,000)",
                        "1.00 (1.00 to 1.00)", "3,000 (3,000 to 3,000)", "1.00 (1.00 to 1.00)", "50.0 (50.0 to 50.0)");
    }

    @Test
    void shouldTellNoProcessorTimeOfWhatHasNoRelay() {
        String bare = report.table().text().lines().filter(line -> line.startsWith("bare")).findFirst().orElseThrow();
        assertThat(bare.split("  +")).hasSize(8);
    }

    @Test
    void shouldCompareWithTheFirstWhereThePeerIsMissing() {
        TomcatPlan without = plan.without(List.of(Contender.HAPROXY1));
        assertThat(without.contenders()).doesNotContain(Contender.HAPROXY1);
        assertThat(without.peer(Contender.HOMEPORT)).isEqualTo(Contender.BARE);
    }

    @Test
    void shouldTellProgramsOfPeersAndRatios() {
        Map<?, ?> homeport = (Map<?, ?>) report.json().get("homeport");
        assertThat(homeport.get("peer")).isEqualTo("haproxy1");
        assertThat(((Map<?, ?>) homeport.get("requests/s")).get("ratio")).hasToString("{median=0.9, least=0.9, most=0.9}");
    }

    @Test
    void shouldRefuseNothingToMeasure() {
        assertThatThrownBy(() -> new TomcatPlan(List.of(), 1, 1, 1)).hasMessageContaining("at least 1 contender");
        assertThatThrownBy(() -> new TomcatPlan(ALL, 1, 0, 1)).hasMessageContaining("1 second");
    }

    private static List<TomcatSample> samples() {
        List<TomcatSample> samples = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (Contender contender : ALL) {
                double perSecond = (contender == Contender.HOMEPORT ? 900 : 1_000) * (round == 0 ? 1 : 10);
                boolean relayed = contender == Contender.HAPROXY1 || contender == Contender.HOMEPORT;
                samples.add(new TomcatSample(contender, new WrkResult(1_000, perSecond, 1_000, 3_000), relayed ? 0.05 : 0));
            }
        }
        return samples;
    }
}

package io.homeport.bench.goals;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.figures.Spread;
import io.homeport.bench.load.Outcome;
import io.homeport.bench.load.Work;
import io.homeport.bench.relay.RelayPlan;
import io.homeport.bench.relay.RelayReport;
import io.homeport.bench.relay.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasuredTest {
    private static final long MB = 1_000_000;

    @Test
    void shouldHoldEachContenderAgainstItsOwnPeer() {
        List<Contender> all = List.of(Contender.HAPROXY2, Contender.STUNNEL, Contender.HOMEPORT);
        RelayPlan plan = new RelayPlan(all, List.of(Work.DOWN), 1, 1_000, 1);
        Measured measured = new Measured();
        measured.add(new RelayReport(plan, List.of(
                down(Contender.HAPROXY2, 400), down(Contender.STUNNEL, 100), down(Contender.HOMEPORT, 200))));
        Goals goals = measured.goals();
        assertThat(goals.figures().get(Goal.ONE_STREAM_TLS)).isEqualTo(Spread.of(0.5));
        assertThat(goals.figures().get(Goal.STUNNEL_STREAM)).isEqualTo(Spread.of(2.0));
        assertThat(goals.figures()).as("what did not take part").hasSize(2);
    }

    private static Sample down(Contender contender, long megabytes) {
        return new Sample(contender, Work.DOWN, 0, new Outcome(megabytes * MB, 1_000_000_000, Outcome.newWaits()), 1);
    }
}

package io.homeport.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnPlanTest {
    private static final List<FaultKind> ALL = List.of(FaultKind.values());

    @Test
    void shouldDoTheSameForTheSameSeed() {
        assertThat(turns(3)).isEqualTo(turns(3)).isNotEqualTo(turns(4));
    }

    @Test
    void shouldUseEveryKindAsOftenAsAnyOther() {
        List<FaultKind> used = new ArrayList<>(turns(1).stream().map(TurnPlan::fault).toList());
        for (FaultKind kind : ALL) {
            assertThat(used.stream().filter(kind::equals)).hasSize(4);
        }
    }

    @Test
    void shouldMoveNoMoreThanIsLeft() {
        for (int turn = 0; turn < 50; turn++) {
            assertThat(TurnPlan.of(1, turn, ALL, 3, 2).services()).hasSizeBetween(1, 2).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldNameTheKindsThatThereAre() {
        assertThat(FaultKind.parse(List.of("link-cut", "NONE"))).containsExactly(FaultKind.LINK_CUT, FaultKind.NONE);
        assertThatThrownBy(() -> FaultKind.parse(List.of("flood"))).hasMessageContaining("flood").hasMessageContaining("SWALLOW");
    }

    private static List<TurnPlan> turns(long seed) {
        List<TurnPlan> turns = new ArrayList<>();
        for (int turn = 0; turn < 4 * ALL.size(); turn++) {
            turns.add(TurnPlan.of(seed, turn, ALL, 3, 3));
        }
        return turns;
    }
}

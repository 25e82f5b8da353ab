package io.homeport.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.Test;

class SpinStrategyTest {
    private static final long SPIN_NS = 100;

    private long now = Long.MAX_VALUE - 10;
    private final SpinStrategy strategy = new SpinStrategy(SPIN_NS, () -> now);

    @Test
    void shouldWaitWhenThereHasBeenNothing() throws Exception {
        assertThat(strategy.calculateStrategy(() -> 0, false)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void shouldAskAgainForSomeTimeAfterAnEvent() throws Exception {
        assertThat(strategy.calculateStrategy(() -> 3, false)).isEqualTo(3);
        now += SPIN_NS - 1;
        assertThat(strategy.calculateStrategy(() -> 0, false)).isEqualTo(SelectStrategy.CONTINUE);
        now++;
        assertThat(strategy.calculateStrategy(() -> 0, false)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void shouldNeverWaitWithTasks() throws Exception {
        assertThat(strategy.calculateStrategy(() -> 0, true)).isZero();
        assertThat(strategy.calculateStrategy(() -> 1, true)).isEqualTo(1);
    }
}

package io.homeport.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace(1_000, 100);

    @Test
    void shouldCountFromSendingWhileNothingIsInTheWay() {
        assertThat(pace.countsFromNs(3, 1_250, 1_307)).as("woken late by the timer").isEqualTo(1_307);
    }

    @Test
    void shouldCountFromDueTimesWhileAnAnswerIsInTheWay() {
        assertThat(pace.countsFromNs(3, 1_301, 1_302)).isEqualTo(1_300);
    }

    @Test
    void shouldCountEveryMessageThatAStallHeldUp() {
        // One answer takes 1,000 ns instead of 10: nine messages wait behind it, each 100 ns less than the one before.
        Histogram waits = Outcome.newWaits();
        long now = pace.startNs();
        for (long number = 0; number < 20; number++) {
            long freeNs = now;
            long sentNs = Math.max(now, pace.dueNs(number));
            now = sentNs + (number == 0 ? 1_000 : 10);
            waits.recordValue(now - pace.countsFromNs(number, freeNs, sentNs));
        }
        assertThat(waits.getMaxValue()).isEqualTo(1_000);
        assertThat(waits.getCountBetweenValues(200, 1_000)).isEqualTo(9);
    }
}

package io.homeport.demo.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SilenceMeterTest {
    private long nowMs = 1000;
    private final SilenceMeter meter = new SilenceMeter(() -> nowMs * 1_000_000);

    @Test
    void shouldMeasureTheLongestGapOfTheWindow() {
        beat(10, 5);
        nowMs += 300;
        beat(1, 0);
        meter.mark();
        beat(10, 5);
        nowMs += 173;
        beat(5, 5);
        assertThat(meter.longestSinceMarkMicros()).isEqualTo(178_000);
        assertThat(meter.arrivals()).isEqualTo(26);
    }

    @Test
    void shouldCountAGapThatBeganBeforeTheWindow() {
        beat(1, 0);
        nowMs += 4;
        meter.mark();
        nowMs += 96;
        beat(1, 0);
        assertThat(meter.longestSinceMarkMicros()).isEqualTo(100_000);
    }

    @Test
    void shouldCountASilenceThatStillLasts() {
        beat(3, 5);
        meter.mark();
        nowMs += 5000;
        assertThat(meter.longestSinceMarkMicros()).isEqualTo(5_000_000);
        assertThat(meter.openMicros()).isEqualTo(5_000_000);
    }

    @Test
    void shouldForgetAfterEachLook() {
        beat(1, 50);
        assertThat(meter.lookMicros()).isEqualTo(50_000);
        beat(2, 5);
        assertThat(meter.lookMicros()).isEqualTo(5_000);
    }

    @Test
    void shouldGiveAllGapsToAHistogram() {
        for (int i = 0; i < 100; i++) {
            beat(1, i == 50 ? 200 : 5);
        }
        Histogram gaps = new Histogram(3);
        meter.addTo(gaps);
        assertThat(gaps.getValueAtPercentile(50) / 100).isEqualTo(50);
        assertThat(gaps.getMaxValue()).isBetween(200_000L, 200_200L);
    }

    private void beat(int times, long everyMs) {
        for (int i = 0; i < times; i++) {
            nowMs += everyMs;
            meter.arrived();
        }
    }
}

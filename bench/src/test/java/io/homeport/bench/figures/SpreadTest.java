package io.homeport.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void shouldTakeTheOneInTheMiddle() {
        assertThat(Spread.of(9, 1, 4)).isEqualTo(new Spread(4, 1, 9, 3));
    }

    @Test
    void shouldTakeTheMeanOfTheTwoInTheMiddle() {
        assertThat(Spread.of(1, 100, 3, 2)).isEqualTo(new Spread(2.5, 1, 100, 4));
    }

    @Test
    void shouldRefuseToSayAnythingOfNothing() {
        assertThatThrownBy(() -> Spread.of()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldDividePairByPair() {
        // A slow second round makes both sides slow and leaves the ratio alone.
        assertThat(Spread.ofRatios(List.of(2.0, 20.0, 3.0), List.of(1.0, 10.0, 1.0))).isEqualTo(new Spread(2, 2, 3, 3));
        assertThatThrownBy(() -> Spread.ofRatios(List.of(1.0), List.of(1.0, 2.0))).hasMessageContaining("1 measurements against 2");
    }

    @Test
    void shouldShowThreeSignificantDigits() {
        assertThat(Spread.of(0.12345, 1.2345, 12345.6).cells()).containsExactly("1.23", "0.123", "12,346");
        assertThat(Spread.digits(99.95)).isEqualTo("100.0");
        assertThat(Spread.digits(0)).isEqualTo("0");
        assertThat(Spread.digits(-41.26)).isEqualTo("-41.3");
    }
}

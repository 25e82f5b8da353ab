package io.homeport.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private final Table table = new Table("step", "median", "least", "most", "share")
            .row("checkpoint, ms", Spread.of(90, 100, 1100), "45 %")
            .row(List.of("all", "1", "", "", ""));

    @Test
    void shouldAlignNumbersToTheRight() {
        assertThat(table.text())
                .isEqualTo("""
                        step            median  least   most  share
                        checkpoint, ms     100   90.0  1,100   45 %
                        all                  1
                        """);
    }

    @Test
    void shouldPrintMarkdown() {
        assertThat(table.markdown())
                .isEqualTo("""
                        | step           | median | least |  most | share |
                        |---|---:|---:|---:|---:|
                        | checkpoint, ms |    100 |  90.0 | 1,100 |  45 % |
                        | all            |      1 |       |       |       |
                        """);
    }

    @Test
    void shouldRefuseRowsThatDoNotFit() {
        assertThatThrownBy(() -> table.row(List.of("one"))).isInstanceOf(IllegalArgumentException.class);
    }
}

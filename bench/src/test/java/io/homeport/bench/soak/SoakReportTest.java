package io.homeport.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SoakReportTest {
    private final SoakReport report = new SoakReport(5);

    @Test
    void shouldPrintALineForEachKindThatWasTriedAndOneForAll() {
        report.of(FaultKind.NONE).tried(MoveTry.Said.MOVED, true);
        report.of(FaultKind.LINK_CUT).tried(MoveTry.Said.MOVED, true);
        report.of(FaultKind.LINK_CUT).tried(MoveTry.Said.STAYED, true);
        report.of(FaultKind.LINK_CUT).words.goodBytes = 2_000_000;
        report.took(TimeUnit.SECONDS.toNanos(30), 12);
        assertThat(report.table().text()).isEqualTo("""
                fault     turns  struck  tried  moved  stayed  survived  lost bytes  doubled bytes  mismatched bytes  two copies  broken connections
                NONE          0       0      1      1       0         1           0              0                 0           0                   0
                LINK_CUT      0       0      2      1       1         2           0              0                 0           0                   0
                all           0       0      3      2       1         3           0              0                 0           0                   0
                """);
        assertThat(report.summary()).isEqualTo("seed 5: 3 moves tried in 0.5 min, 6.0 a minute; 2 MB checked on 12 connections;"
                + " nothing lost, doubled, broken, or there twice");
        assertThat(report.clean()).isTrue();
    }

    @Test
    void shouldNotBeCleanWhenAByteIsLost() {
        report.of(FaultKind.SWALLOW).words.lostBytes = 8;
        assertThat(report.clean()).isFalse();
    }

    @Test
    void shouldNotBeCleanWhenTwoCopiesRan() {
        report.of(FaultKind.SWALLOW).twoCopies = 1;
        assertThat(report.clean()).isFalse();
    }

    @Test
    void shouldNotBeCleanWhenAConnectionBrokeAtTheEnd() {
        report.atTheEnd().broken = 1;
        assertThat(report.clean()).isFalse();
        assertThat(report.table().text()).contains("seen at the end");
    }

    @Test
    void shouldNotBeCleanWhenAServiceDidNotSurvive() {
        report.of(FaultKind.DISK_FULL).tried(MoveTry.Said.NOTHING, false);
        assertThat(report.clean()).isFalse();
    }

    @Test
    void shouldNotBeCleanWhenAnythingElseWentWrong() {
        report.problem("a link does not come back");
        assertThat(report.clean()).isFalse();
        assertThat(report.summary()).endsWith("1 problems");
    }
}

package io.homeport.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MoveTryTest {
    @Test
    void shouldTakeSuccessForAMove() {
        assertThat(MoveTry.said(0, "{}")).isEqualTo(MoveTry.Said.MOVED);
    }

    @Test
    void shouldTakeAFailureBeforeTheCommitForNone() {
        assertThat(MoveTry.said(1, "failed at step 'restore': no. It runs on here")).isEqualTo(MoveTry.Said.STAYED);
        assertThat(MoveTry.said(3, "no room")).isEqualTo(MoveTry.Said.STAYED);
    }

    @Test
    void shouldTakeAFailureAfterTheCommitForAMove() {
        assertThat(MoveTry.said(1, "echo has been given to beta and runs or will run there")).isEqualTo(MoveTry.Said.MOVED);
    }

    @Test
    void shouldBelieveNothingOfACommandThatWasKilledOrLostItsDaemon() {
        assertThat(MoveTry.said(137, "")).isEqualTo(MoveTry.Said.NOTHING);
        assertThat(MoveTry.said(4, "the daemon went silent")).isEqualTo(MoveTry.Said.NOTHING);
    }
}

package io.homeport.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CheckedBytesTest {
    private static final long SEED = 20261122;

    @Test
    void shouldGiveTheSameBytesFromAnyPosition() {
        byte[] whole = CheckedBytes.of(SEED, 0, 4096);
        for (int from = 0; from < 64; from++) {
            assertThat(CheckedBytes.of(SEED, from, 100)).isEqualTo(Arrays.copyOfRange(whole, from, from + 100));
        }
    }

    @Test
    void shouldSeeALostByteAndADoubledOneWhereTheyAre() {
        byte[] whole = CheckedBytes.of(SEED, 1000, 2000);
        byte[] lost = new byte[1999];
        System.arraycopy(whole, 0, lost, 0, 777);
        System.arraycopy(whole, 778, lost, 777, 1222);
        assertThat(CheckedBytes.firstMismatch(SEED, 1000, lost, 0, lost.length)).isBetween(777, 780);
        byte[] doubled = new byte[2001];
        System.arraycopy(whole, 0, doubled, 0, 501);
        System.arraycopy(whole, 500, doubled, 501, 1500);
        assertThat(CheckedBytes.firstMismatch(SEED, 1000, doubled, 0, doubled.length)).isBetween(501, 504);
    }

    @Test
    void shouldTellTheTwoDirectionsApart() {
        byte[] answer = CheckedBytes.of(CheckedBytes.answerSeed(SEED), 0, 64);
        assertThat(CheckedBytes.firstMismatch(SEED, 0, answer, 0, 64)).isBetween(0, 3);
    }
}

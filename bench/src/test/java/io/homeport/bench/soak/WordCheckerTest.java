package io.homeport.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class WordCheckerTest {
    private static final long SENT = 100;

    private final WordChecker checker = new WordChecker(7);

    @Test
    void shouldFindNothingWrongWithAllWordsInOrder() {
        checker.take(words(0, 1, 2, 3), 4);
        checker.end(4);
        assertThat(checker.counts().clean()).isTrue();
        assertThat(checker.counts().goodBytes).isEqualTo(32);
        assertThat(checker.next()).isEqualTo(4);
    }

    @Test
    void shouldPutWordsTogetherThatArriveInParts() {
        ByteBuffer all = words(0, 1, 2);
        for (int at = 0; at < all.limit(); at += 5) {
            checker.take(all.slice(at, Math.min(5, all.limit() - at)), SENT);
        }
        assertThat(checker.counts().clean()).isTrue();
        assertThat(checker.next()).isEqualTo(3);
    }

    @Test
    void shouldCountAGapAsLost() {
        checker.take(words(0, 1, 5, 6), SENT);
        assertThat(checker.counts().lostBytes).isEqualTo(3 * 8);
        assertThat(checker.counts().doubledBytes).isZero();
        assertThat(checker.counts().mismatchedBytes).isZero();
    }

    @Test
    void shouldCountARepetitionAsDoubled() {
        checker.take(words(0, 1, 2, 1, 2, 3), SENT);
        assertThat(checker.counts().doubledBytes).isEqualTo(2 * 8);
        assertThat(checker.counts().lostBytes).isZero();
        assertThat(checker.counts().goodBytes).isEqualTo(4 * 8);
    }

    @Test
    void shouldCountAnotherConnectionsWordAsMismatched() {
        checker.take(ByteBuffer.allocate(8).putLong(new WordChecker(8).word(0)).flip(), SENT);
        assertThat(checker.counts().mismatchedBytes).isEqualTo(8);
        assertThat(checker.counts().goodBytes).isZero();
    }

    @Test
    void shouldCountAWordThatWasNeverSentAsMismatched() {
        checker.take(words(0, 1), 1);
        assertThat(checker.counts().mismatchedBytes).isEqualTo(8);
        assertThat(checker.next()).isEqualTo(1);
    }

    @Test
    void shouldCountShiftedBytesAsMismatched() {
        ByteBuffer shifted = words(0, 1, 2, 3);
        shifted.position(3);
        checker.take(shifted, SENT);
        assertThat(checker.counts().mismatchedBytes).isEqualTo(3 * 8);
    }

    @Test
    void shouldCountWhatNeverComesAsLostAtTheEnd() {
        ByteBuffer all = words(0, 1, 2);
        all.limit(all.limit() - 3);
        checker.take(all, 4);
        checker.end(4);
        assertThat(checker.counts().lostBytes).isEqualTo(2 * 8);
        assertThat(checker.counts().mismatchedBytes).as("a part of a word").isEqualTo(5);
    }

    private ByteBuffer words(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * 8);
        for (long number : numbers) {
            bytes.putLong(checker.word(number));
        }
        return bytes.flip();
    }
}

package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.wire.MalformedFrameException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final int VERSION_AT = 6;
    private static final int GROUP_HEADER_BYTES = 4;

    @Test
    void shouldTellWhoWaits() {
        byte[] commit = Messages.commit(4711, List.of(5L, -6L));
        assertThat(Messages.commitId(commit)).isEqualTo(4711);
        assertThat(Messages.waiting(commit)).containsExactly(5L, -6L);
        assertThatThrownBy(() -> Messages.waiting(Arrays.copyOf(commit, commit.length - 1))).isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void shouldTellNoMoreOfManyThanFit() {
        List<Long> many = LongStream.range(0, 70_000).boxed().toList();
        assertThat(Messages.waiting(Messages.commit(1, many))).isEqualTo(many.subList(0, 50_000));
    }

    @Test
    void shouldUnderstandANodeThatDoesNotTellIt() {
        byte[] commit = Messages.commit(4711, List.of());
        byte[] old = Arrays.copyOf(commit, commit.length - GROUP_HEADER_BYTES);
        old[VERSION_AT] = 1;
        assertThat(Messages.commitId(old)).isEqualTo(4711);
        assertThat(Messages.waiting(old)).isEmpty();
    }
}

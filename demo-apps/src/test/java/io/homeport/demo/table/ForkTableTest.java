package io.homeport.demo.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.demo.wire.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForkTableTest {
    private final ForkTable table = new ForkTable(5);
    private final long zero = Frame.requestId(0, 1);
    private final long one = Frame.requestId(1, 1);
    private final long two = Frame.requestId(1, 2);

    @Test
    void shouldGiveAFreeForkAtOnceAndATakenOneLater() {
        assertThat(table.take(1, zero)).usingRecursiveFieldByFieldElementComparator()
                .containsExactly(Frame.of(Frame.Kind.GRANTED, 1, zero, 1));
        assertThat(table.take(1, one)).isEmpty();
        List<Frame> happened = table.release(1, Frame.requestId(0, 2));
        assertThat(happened).usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        Frame.of(Frame.Kind.RELEASED, 1, Frame.requestId(0, 2), 2), Frame.of(Frame.Kind.GRANTED, 1, one, 3));
    }

    @Test
    void shouldRefuseAForkFromWhoDoesNotHoldIt() {
        table.take(1, zero);
        assertThatThrownBy(() -> table.release(1, two)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.release(2, two)).isInstanceOf(IllegalStateException.class);
    }
}

package io.homeport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.posix.Linux;
import org.junit.jupiter.api.Test;

class SocketOptionsTest {
    private static final byte INET = Linux.AF_INET;
    private static final byte KEEPALIVE = 3;
    private static final byte NODELAY = 40;
    private static final byte UNKNOWN = 99;

    @Test
    void shouldTravelUnchanged() {
        byte[] bytes = {INET, KEEPALIVE, 4, 1, 0, 0, 0, NODELAY, 4, 1, 0, 0, 0};
        SocketOptions options = SocketOptions.decode(bytes);
        assertThat(options.encode()).isEqualTo(bytes);
        assertThat(options.family()).isEqualTo(Linux.AF_INET);
        assertThat(options.isEmpty()).isFalse();
        assertThat(options).isEqualTo(SocketOptions.decode(bytes)).hasSameHashCodeAs(SocketOptions.decode(bytes));
        assertThat(options).hasToString("inet KEEPALIVE=[1, 0, 0, 0] TCP_NODELAY=[1, 0, 0, 0]");
    }

    @Test
    void shouldLeaveOutWhatANewerNodeKnows() {
        SocketOptions options = SocketOptions.decode(new byte[] {INET, UNKNOWN, 2, 7, 7, NODELAY, 1, 1});
        assertThat(options.encode()).isEqualTo(new byte[] {INET, NODELAY, 1, 1});
        assertThatThrownBy(() -> SocketOptions.decode(new byte[] {INET, NODELAY, 4, 1})).hasMessageContaining("cut short");
    }

    @Test
    void shouldTellWhatHasChanged() {
        SocketOptions before = SocketOptions.decode(new byte[] {INET, KEEPALIVE, 1, 0, NODELAY, 1, 0});
        SocketOptions after = SocketOptions.decode(new byte[] {INET, KEEPALIVE, 1, 0, NODELAY, 1, 1});
        SocketOptions changed = after.changedSince(before);
        assertThat(changed.encode()).isEqualTo(new byte[] {INET, NODELAY, 1, 1});
        assertThat(changed.over(before)).isEqualTo(after);
        assertThat(after.changedSince(after).isEmpty()).isTrue();
        assertThat(SocketOptions.decode(new byte[0])).isSameAs(SocketOptions.NONE);
        assertThat(SocketOptions.NONE.isEmpty()).isTrue();
    }
}

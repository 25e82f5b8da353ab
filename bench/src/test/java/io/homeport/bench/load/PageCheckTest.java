package io.homeport.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PageCheckTest {
    private static final int PAGES = 5;
    private final byte[] stream = stream();

    @Test
    void shouldCountAWholeStreamHoweverItIsCut() throws IOException {
        assertThat(receive(stream)).isEqualTo(stream.length);
        PageCheck check = new PageCheck();
        for (int at = 0; at < stream.length; at += 3) {
            check.take(ByteBuffer.wrap(stream, at, Math.min(3, stream.length - at)));
        }
        assertThat(check.receive(Channels.newChannel(new ByteArrayInputStream(new byte[0])))).isEqualTo(stream.length);
    }

    @Test
    void shouldMissAByte() {
        byte[] lacking = Arrays.copyOf(stream, stream.length - 1);
        System.arraycopy(stream, 101, lacking, 100, lacking.length - 100);
        assertThatThrownBy(() -> receive(lacking)).isInstanceOf(IOException.class).hasMessageContaining("byte 4096 begins page");
    }

    @Test
    void shouldMissAnEnd() {
        byte[] cut = Arrays.copyOf(stream, stream.length - Pages.PAGE_BYTES);
        assertThatThrownBy(() -> receive(cut)).hasMessageContaining("before its last page");
        assertThatThrownBy(() -> receive(Arrays.copyOf(stream, stream.length - 1))).hasMessageContaining("before its last page");
    }

    @Test
    void shouldRefuseADoubledEnd() {
        byte[] longer = Arrays.copyOf(stream, stream.length + Pages.PAGE_BYTES);
        assertThatThrownBy(() -> receive(longer)).hasMessageContaining("comes after the last page");
    }

    private static long receive(byte[] bytes) throws IOException {
        return new PageCheck().receive(Channels.newChannel(new ByteArrayInputStream(bytes)));
    }

    private static byte[] stream() {
        ByteBuffer pages = ByteBuffer.allocate(PAGES * Pages.PAGE_BYTES);
        for (int page = 0; page < PAGES; page++) {
            long place = (long) page * Pages.PAGE_BYTES;
            pages.putLong((int) place, page == PAGES - 1 ? ~place : place);
        }
        return pages.array();
    }
}

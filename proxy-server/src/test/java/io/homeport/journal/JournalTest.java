package io.homeport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final int KIB = 1024;

    @TempDir
    Path dir;

    @Test
    void shouldReadWhatWasAppended() {
        ByteBuf buf = Unpooled.directBuffer(64 * KIB);
        byte[] bytes = new byte[64 * KIB];
        new Random(1).nextBytes(bytes);
        buf.setBytes(0, bytes);
        try (Journal journal = Journal.open(dir, Journal.DEFAULT_CYCLE_BYTES)) {
            long[] index = new long[100];
            for (int i = 0; i < index.length; i++) {
                index[i] = journal.append(42, (byte) 1, (byte) 2, i * 100L, buf.memoryAddress() + i, 600 * i);
            }
            ByteBuf back = Unpooled.directBuffer(64 * KIB);
            for (int i = index.length - 1; i >= 0; i -= 3) {
                int length = journal.read(index[i], back.memoryAddress(), back.capacity());
                assertThat(length).isEqualTo(600 * i);
                assertThat(back.slice(0, length)).isEqualTo(buf.slice(i, length));
            }
            JournalRecord record = journal.record(index[7]);
            assertThat(record.streamId()).isEqualTo(42);
            assertThat(record.direction()).isEqualTo((byte) 1);
            assertThat(record.kind()).isEqualTo((byte) 2);
            assertThat(record.offset()).isEqualTo(700);
            assertThatThrownBy(() -> journal.read(index[99], back.memoryAddress(), 10)).hasMessageContaining("room for 10");
            back.release();
        }
        buf.release();
    }

    @Test
    void shouldDeleteAFileOnceNothingInItIsNeeded() throws Exception {
        ByteBuf buf = Unpooled.directBuffer(64 * KIB).writeZero(64 * KIB);
        try (Journal journal = Journal.open(dir, 256 * KIB)) {
            long[] index = new long[40];
            for (int i = 0; i < index.length; i++) {
                index[i] = journal.append(1, (byte) 0, (byte) 0, i * 64L * KIB, buf.memoryAddress(), 64 * KIB);
            }
            int files = journal.files();
            assertThat(files).isGreaterThan(10);
            assertThat(files()).isEqualTo(files);
            journal.read(index[5], buf.memoryAddress(), buf.capacity());
            for (int i = 0; i < index.length - 1; i++) {
                journal.release(index[i], 64 * KIB);
            }
            assertThat(journal.files()).isEqualTo(1);
            assertThat(files()).isEqualTo(1);
            assertThat(journal.liveBytes()).isEqualTo(64 * KIB);
            journal.read(index[39], buf.memoryAddress(), buf.capacity());
            // Chronicle unmaps on a thread of its own.
            await().untilAsserted(() -> assertThat(deletedButMapped()).isEmpty());
        }
        buf.release();
    }

    private List<String> deletedButMapped() throws Exception {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(dir.toString()) && line.contains("(deleted)")).toList();
        }
    }

    private long files() throws Exception {
        try (var list = Files.list(dir)) {
            return list.filter(f -> f.toString().endsWith(".cq4")).count();
        }
    }
}

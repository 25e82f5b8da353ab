package io.homeport.estate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.journal.Journal;
import io.homeport.keeper.FdStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon leaves, written and read back. */
class EstateTest {
    @TempDir
    Path dir;

    @Test
    void shouldReadEveryRecordOfAJournalInItsOrder() throws Exception {
        Random random = new Random(7);
        ByteBuf bytes = Unpooled.directBuffer(64 << 10);
        List<String> written = new ArrayList<>();
        Estate first = Estate.open(dir, FdStore.none());
        try (Journal journal = Journal.open(first.journal(), 256 << 10)) {
            for (int i = 0; i < 2_000; i++) {
                byte[] payload = new byte[random.nextInt(i % 100 == 0 ? 60_000 : 700)];
                random.nextBytes(payload);
                bytes.setBytes(0, payload);
                journal.append(5 + i % 3, (byte) (i % 2), (byte) (i % 4), 3L * i, bytes.memoryAddress(), payload.length);
                written.add(5 + i % 3 + " " + i % 2 + " " + i % 4 + " " + 3L * i + " " + Arrays.hashCode(payload));
            }
            assertThat(journal.files()).isGreaterThan(3);
            List<String> read = new ArrayList<>();
            // Not closed: as it is when the process is killed.
            OldJournal.read(first.journal(), (id, direction, mark, offset, address, length) -> {
                byte[] payload = new byte[length];
                new UnsafeBuffer(address, length).getBytes(0, payload);
                if (id != 0) {
                    read.add(id + " " + direction + " " + mark + " " + offset + " " + Arrays.hashCode(payload));
                }
            });
            assertThat(read).isEqualTo(written);
        }
    }

    @Test
    void shouldForgetWhatNoDescriptorCameAlongFor() throws Exception {
        Estate first = Estate.open(dir, FdStore.none());
        Slot slot = first.slots().allocate();
        slot.describe(new UnsafeBuffer(new byte[] {1, 2, 3}), 3);
        slot.publish(77);
        assertThat(new SlotFile(slotMemory(dir)).published()).hasSize(1);
        assertThatThrownBy(() -> Estate.open(dir, FdStore.none())).hasMessageContaining("another daemon uses");
        first.close();
        Estate second = Estate.open(dir, FdStore.none());
        assertThat(second.inherited()).isFalse();
        assertThat(second.slots().published()).isEmpty();
    }

    @Test
    void shouldFindPublishedSlotsAgainAndGiveOutTheOthers() throws Exception {
        ByteBuffer memory = ByteBuffer.allocateDirect(4 * Slot.BYTES);
        SlotFile slots = new SlotFile(memory);
        Slot one = slots.allocate();
        Slot two = slots.allocate();
        two.describe(new UnsafeBuffer(new byte[] {9}), 1);
        two.read(10);
        two.acked(4);
        two.written(6);
        two.set(8);
        two.publish(22);
        SlotFile next = new SlotFile(memory);
        assertThat(next.published()).singleElement().satisfies(found -> {
            assertThat(found.name()).isEqualTo("1");
            assertThat(found.id()).isEqualTo(22);
            assertThat(List.of(found.read(), found.acked(), found.written())).containsExactly(10L, 4L, 6L);
            assertThat(found.description()).containsExactly(9);
            assertThat(found.has(8)).isTrue();
        });
        assertThat(next.allocate().name()).as("was never published").isEqualTo(one.name());
        assertThat(next.allocate().name()).isEqualTo("2");
        next.allocate();
        assertThat(next.allocate().number()).as("beyond the table").isEqualTo(-1);
    }

    @Test
    void shouldKeepAFreedSlotFromItsFormerOwner() {
        SlotFile slots = new SlotFile(ByteBuffer.allocateDirect(Slot.BYTES));
        Slot former = slots.allocate();
        former.publish(1);
        slots.free(former);
        Slot now = slots.allocate();
        now.publish(2);
        former.read(99);
        former.set(7);
        assertThat(now.read()).isZero();
        assertThat(now.flags()).isZero();
    }

    private static ByteBuffer slotMemory(Path dir) throws Exception {
        try (FileChannel file = FileChannel.open(dir.resolve("slots"))) {
            return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
        }
    }
}

package io.homeport.estate;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.wire.FrameLimits;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Places, as this daemon uses them and as the next one finds them. */
class LandingTest {
    private static final int SMALL = 4;
    private static final int LARGE = 3;
    private static final int PAYLOAD = 36;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(Landing.bytes(SMALL, LARGE));
    private final Landing landing = new Landing(memory, SMALL, LARGE);

    @Test
    void shouldKeepWhatWasReadUntilItIsLetGo() {
        ByteBuf frame = read(5, 1_000, 64, new byte[] {1, 2, 3});
        assertThat(kept()).containsExactly("5 1 0 1000 [1, 2, 3]");
        int place = landing.place();
        long address = frame.memoryAddress();
        frame.release();
        assertThat(kept()).as("sent, not acknowledged").hasSize(1);
        ByteBuf other = read(6, 0, 64, new byte[] {9});
        assertThat(other.memoryAddress()).isNotEqualTo(address);
        landing.letGo(place);
        assertThat(kept()).containsExactly("6 1 0 0 [9]");
        assertThat(landing.begin(7, (byte) 0, (byte) 0, 0, 1).memoryAddress()).as("last used first").isEqualTo(address);
    }

    @Test
    void shouldNotReusePlacesWhoseFrameIsOnItsWay() {
        ByteBuf frame = read(5, 1_000, 64, new byte[] {1, 2, 3});
        landing.letGo(landing.place());
        assertThat(kept()).isEmpty();
        ByteBuf other = read(6, 0, 64, new byte[] {9});
        assertThat(other.memoryAddress()).isNotEqualTo(frame.memoryAddress());
        assertThat(frame.getByte(PAYLOAD)).isEqualTo((byte) 1);
        long address = frame.memoryAddress();
        frame.release();
        assertThat(landing.begin(7, (byte) 0, (byte) 0, 0, 1).memoryAddress()).isEqualTo(address);
    }

    @Test
    void shouldTellOfTheReadThatIsUnderWay() {
        assertThat(landing.last()).isNull();
        ByteBuf frame = landing.begin(5, (byte) 1, (byte) 0, 1_000, 64);
        frame.setBytes(PAYLOAD, new byte[] {7, 8});
        Landing.Last last = new Landing(memory, SMALL, LARGE).last();
        assertThat(List.of(last.id(), last.offset(), (long) last.asked())).containsExactly(5L, 1_000L, 64L);
        assertThat(bytes(last.address(), 2)).containsExactly(7, 8);
        assertThat(last.nothing()).isFalse();
        landing.took(-11);
        assertThat(new Landing(memory, SMALL, LARGE).last().nothing()).isTrue();
        frame.release();
        assertThat(new Landing(memory, SMALL, LARGE).last()).isNull();
        assertThat(kept()).isEmpty();
    }

    @Test
    void shouldGoOnWhenAllPlacesAreTaken() {
        List<ByteBuf> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ByteBuf frame = read(i, 0, i % 2 == 0 ? 4 : FrameLimits.MAX_DATA_BYTES, new byte[] {(byte) i});
            boolean nowhere = landing.place() == Landing.NOWHERE;
            assertThat(nowhere).isEqualTo(i >= 2 * LARGE && (i % 2 == 1 || i >= 2 * SMALL));
            if (nowhere) {
                landing.letGo(Landing.NOWHERE);
            }
            frames.add(landing.onward(frame, 1));
        }
        assertThat(landing.keepEnd(1, (byte) 0, (byte) 2, 0)).isEqualTo(Landing.NOWHERE);
        assertThat(kept()).hasSize(SMALL + LARGE);
        for (int i = 0; i < 100; i++) {
            assertThat(frames.get(i).getByte(PAYLOAD)).isEqualTo((byte) i);
            frames.get(i).release();
        }
        new Landing(memory, SMALL, LARGE).clear();
        assertThat(kept()).isEmpty();
    }

    @Test
    void shouldLeaveTheReadUnderWayAloneWhenThereIsNoPlaceForAnEnd() {
        for (int i = 0; i < SMALL; i++) {
            landing.keepEnd(i, (byte) 0, (byte) 2, 10);
        }
        ByteBuf frame = landing.begin(9, (byte) 0, (byte) 0, 0, 64);
        landing.took(0);
        assertThat(landing.keepEnd(9, (byte) 0, (byte) 2, 0)).isEqualTo(Landing.NOWHERE);
        assertThat(frame.refCnt()).isEqualTo(1);
        assertThat(frame.release()).isTrue();
        assertThat(kept()).hasSize(SMALL);
    }

    @Test
    void shouldBeScarceWhenHalfIsTaken() {
        ArrayDeque<Integer> held = new ArrayDeque<>();
        for (int i = 0; i <= SMALL / 2; i++) {
            assertThat(landing.scarce()).isFalse();
            held.add(landing.keepEnd(i, (byte) 0, (byte) 2, 10));
        }
        assertThat(landing.scarce()).isTrue();
        landing.letGo(held.poll());
        assertThat(landing.scarce()).isFalse();
        assertThat(kept()).first().isEqualTo("1 0 2 10 []");
    }

    @Test
    void shouldNeverGiveAPlaceToTwo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<ByteBuf> frames = new ArrayList<>();
        List<Integer> held = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (frames.size() < SMALL + LARGE && random.nextBoolean()) {
                ByteBuf frame = landing.begin(i, (byte) 0, (byte) 0, i, random.nextBoolean() ? 1 : 10_000);
                int took = random.nextInt(5) - 1;
                landing.took(took);
                if (took <= 0 || landing.place() == Landing.NOWHERE) {
                    landing.letGo(landing.place());
                    frame.release();
                } else {
                    frames.add(frame);
                    held.add(landing.place());
                }
            } else if (random.nextBoolean() && !frames.isEmpty()) {
                frames.remove(random.nextInt(frames.size())).release();
            } else if (!held.isEmpty()) {
                landing.letGo(held.remove(random.nextInt(held.size())));
            }
            assertThat(frames.stream().map(ByteBuf::memoryAddress).distinct()).as("seed %d", seed).hasSize(frames.size());
            assertThat(kept()).as("seed %d", seed).hasSize(held.size());
        }
    }

    private ByteBuf read(long id, long offset, int asked, byte[] bytes) {
        ByteBuf frame = landing.begin(id, (byte) 1, (byte) 0, offset, asked);
        frame.setBytes(PAYLOAD, bytes);
        landing.took(bytes.length);
        return frame;
    }

    /** As the next daemon reads it. */
    private List<String> kept() {
        List<String> kept = new ArrayList<>();
        new Landing(memory, SMALL, LARGE).readKept((id, direction, mark, offset, address, length) ->
                kept.add(id + " " + direction + " " + mark + " " + offset + " " + Arrays.toString(bytes(address, length))));
        return kept;
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        new UnsafeBuffer(address, length).getBytes(0, bytes);
        return bytes;
    }
}

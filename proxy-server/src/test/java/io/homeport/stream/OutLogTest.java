package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OutLogTest {
    @Test
    void shouldReleaseWholeItemsOnly() {
        OutLog log = new OutLog(100);
        List<Long> released = new ArrayList<>();
        log.append(Mark.DATA, 10, 1);
        log.append(Mark.DATA, 20, 2);
        log.append(Mark.EOF, 1, 3);
        assertThat(log.end()).isEqualTo(131);
        log.ack(115, (index, length) -> released.add(index));
        assertThat(released).containsExactly(1L);
        assertThat(log.retainedBytes()).isEqualTo(21);
        assertThat(log.index(log.find(115))).isEqualTo(2);
        log.ack(90, (index, length) -> released.add(index));
        assertThat(log.acked()).as("never falls").isEqualTo(115);
        log.ack(131, (index, length) -> released.add(index * 100 + length));
        assertThat(released).as("an end has no bytes").containsExactly(1L, 220L, 300L);
        assertThatThrownBy(() -> log.ack(132, (index, length) -> {})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.find(130)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldWriteEverythingAgainBeforeItReleasesAnything() {
        OutLog log = new OutLog(100);
        log.append(Mark.DATA, 10, 1);
        log.append(Mark.DATA, 20, 2);
        log.append(Mark.EOF, 1, 3);
        log.ack(110, (index, length) -> {});
        List<String> done = new ArrayList<>();
        log.moveUp((index, mark, offset, length) -> {
            done.add("write " + index + " of " + offset + " with " + length);
            return index + 10;
        }, (index, length) -> done.add("release " + index + " with " + length));
        assertThat(done).containsExactly("write 2 of 110 with 20", "write 3 of 130 with 0", "release 2 with 20", "release 3 with 0");
        assertThat(log.index(log.find(115))).isEqualTo(12);
        assertThat(log.oldest()).isEqualTo(12);
        assertThat(log.retainedBytes()).isEqualTo(21);
        log.ack(131, (index, length) -> {});
        assertThat(log.oldest()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldTellTheJournalFromPlaces() {
        OutLog log = new OutLog(0);
        log.append(Mark.DATA, 10, 7);
        log.append(Mark.DATA, 10, -1);
        log.append(Mark.EOF, 1, -2);
        List<String> done = new ArrayList<>();
        OutLog.Rewriter rewriter = (index, mark, offset, length) -> {
            done.add(index + " at " + offset);
            return 20 + offset;
        };
        log.moveUp(rewriter, (index, length) -> {});
        assertThat(done).as("only what the journal has").containsExactly("7 at 0");
        log.empty(rewriter, (index, length) -> done.add("release " + index));
        assertThat(done).containsExactly("7 at 0", "-1 at 10", "-2 at 20", "release -1", "release -2");
        assertThat(log.index(log.find(20))).isEqualTo(40);
        log.ack(10, (index, length) -> {});
        assertThat(log.oldest()).isEqualTo(30);
    }

    @Test
    void shouldFindWhatATreeFinds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        OutLog log = new OutLog(0);
        TreeMap<Long, Long> model = new TreeMap<>();
        for (long index = 0; index < 20_000; index++) {
            if (random.nextInt(3) > 0 || log.acked() == log.end()) {
                int length = 1 + random.nextInt(50);
                model.put(log.end(), index);
                log.append(Mark.DATA, length, index);
            } else {
                long to = log.acked() + 1 + random.nextInt((int) Math.min(200, log.end() - log.acked()));
                log.ack(to, (at, length) -> assertThat(model.pollFirstEntry().getValue()).isEqualTo(at));
            }
            if (log.acked() < log.end()) {
                long offset = log.acked() + random.nextInt((int) (log.end() - log.acked()));
                assertThat(log.index(log.find(offset))).as("seed %d", seed).isEqualTo(model.floorEntry(offset).getValue());
            }
        }
    }
}

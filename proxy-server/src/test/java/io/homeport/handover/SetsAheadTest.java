package io.homeport.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.EpollSet;
import io.homeport.process.OpenFile;
import io.homeport.socket.Parking;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With sets of this process that stand for those of one that is still to come; its sets have the numbers 9 and 10. */
@Timeout(60)
class SetsAheadTest {
    private static final int FILES = 2 * Parking.BATCH + 7;
    private static final int FIRST_NUMBER = 3;
    /** With EPOLLERR and EPOLLHUP, which the kernel adds. */
    private static final int EPOLLIN = 1 | 8 | 16;
    private static final int EPOLLOUT = 4;

    private final List<Integer> ends = new ArrayList<>();
    private Parking parking;

    @BeforeEach
    void park() throws IOException {
        parking = Parking.open();
        int[] files = new int[FILES];
        for (int i = 0; i < FILES; i++) {
            int[] pipe = new int[2];
            Posix.check(Posix.pipe2(Linux.O_CLOEXEC, pipe), "pipe2");
            files[i] = pipe[0];
            ends.add(pipe[1]);
        }
        parking.put(files);
        for (int file : files) {
            Posix.close(file);
        }
    }

    @AfterEach
    void close() {
        parking.close();
        ends.forEach(Posix::close);
    }

    @Test
    void shouldWatchFilesByTheNumbersThatTheyAreToHave() throws IOException {
        try (SetsAhead sets = SetsAhead.make(parking, foreseen())) {
            for (int i = 0; i < FILES; i++) {
                assertThat(sets.berth(i, place(i, watched(9, i))))
                        .isEqualTo(new HandOver.Berth(List.of(new Descriptor(FIRST_NUMBER + i, Linux.O_RDWR, List.of())), -1, true));
            }
            Recorder process = fit(sets, foreseen());
            assertThat(process.sets).hasSize(1);
            int set = process.sets.get(0).daemonFd();
            assertThat(process.sets.get(0).places()).extracting(Descriptor::fd).containsExactly(9);
            assertThat(registrations(set)).containsExactlyInAnyOrderElementsOf(all(watchedBy(set)));
            assertThat(process.stale).isEmpty();
            assertThat(process.missing).containsExactly(new EpollRegistration(9, 500_000, EPOLLIN, 1));
            assertThat(Posix.poll(set, Linux.POLLIN, 0)).isZero();
            ByteBuffer aByte = ByteBuffer.allocateDirect(1);
            assertThat(Posix.write(ends.get(FILES - 1), Memory.address(aByte), 1)).isEqualTo(1);
            assertThat(Posix.poll(set, Linux.POLLIN, 0)).isEqualTo(Linux.POLLIN);
        }
    }

    @Test
    void shouldTellWhatHasChangedSince() throws IOException {
        EpollRegistration written = new EpollRegistration(9, FIRST_NUMBER + 2, EPOLLOUT, 2);
        try (SetsAhead sets = SetsAhead.make(parking, foreseen())) {
            assertThat(sets.berth(0, place(0)).places().get(0).registrations()).isEmpty();
            assertThat(sets.berth(2, place(2, written)).places().get(0).registrations()).isEmpty();
            EpollRegistration elsewhere = new EpollRegistration(10, FIRST_NUMBER + 3, EPOLLIN, 3);
            assertThat(sets.berth(3, place(3, watched(9, 3), elsewhere)).places().get(0).registrations()).containsExactly(elsewhere);
            Recorder process = fit(sets, foreseen());
            assertThat(process.stale).containsExactly(watched(9, 0), watched(9, 2));
            assertThat(process.missing).contains(written).doesNotContain(elsewhere);
        }
    }

    @Test
    void shouldLeaveAloneWhatIsRegisteredInASetBeyondThoseThatAreMade() throws IOException {
        List<List<Descriptor>> many = foreseen();
        for (int i = 0; i <= 100; i++) {
            many.set(i, place(i, watched(1_000 + i, i)));
        }
        try (SetsAhead sets = SetsAhead.make(parking, many)) {
            EpollRegistration changed = new EpollRegistration(1_100, FIRST_NUMBER + 100, EPOLLOUT, 100);
            assertThat(sets.berth(100, place(100, changed)).places().get(0).registrations()).containsExactly(changed);
            assertThat(fit(sets, many).stale).isEmpty();
        }
    }

    @Test
    void shouldGiveUpASetThatWatchesANumberUnderWhichNothingIsNow() throws IOException {
        try (SetsAhead sets = SetsAhead.make(parking, foreseen())) {
            List<List<Descriptor>> now = foreseen();
            now.set(4, List.of(new Descriptor(10_000, Linux.O_RDWR, List.of(new EpollRegistration(9, 10_000, EPOLLIN, 4)))));
            for (int i = 0; i < FILES; i++) {
                sets.berth(i, now.get(i));
            }
            Recorder process = fit(sets, now);
            assertThat(process.sets).isEmpty();
            assertThat(process.stale).isEmpty();
            assertThat(process.missing).containsExactlyElementsOf(all(now));
        }
    }

    /** As pollers of virtual threads are watched by another, which watches no file. */
    @Test
    void shouldHaveASetWatchedThatAnotherWatches() throws IOException {
        try (SetsAhead sets = SetsAhead.make(parking, foreseen())) {
            Recorder process = new Recorder();
            EpollRegistration watchesSet = new EpollRegistration(20, 9, EPOLLIN, 9);
            EpollSet outer = new EpollSet(List.of(file(20)), List.of(watchesSet, new EpollRegistration(20, 600_000, EPOLLIN, 1)));
            sets.fit(List.of(outer, new EpollSet(List.of(file(9)), List.of())), List.of()).registrations(process);
            assertThat(process.missing).containsExactly(watchesSet);
        }
    }

    @Test
    void shouldWatchOneByOneWhereTheProcessHasOneSetForTwo() throws IOException {
        List<List<Descriptor>> places = foreseen();
        places.set(1, place(1, watched(9, 1), watched(10, 1)));
        try (SetsAhead sets = SetsAhead.make(parking, places)) {
            Recorder process = new Recorder();
            SetsAhead.Fitting fitting = sets.fit(List.of(new EpollSet(List.of(file(9), file(10)), List.of())), places.stream().flatMap(List::stream).toList());
            fitting.sets(process);
            fitting.registrations(process);
            assertThat(process.sets).isEmpty();
            assertThat(process.missing).containsExactlyElementsOf(all(places));
        }
    }

    /** What a process gets whose set 9 watches a number that is none of these files'. */
    private static Recorder fit(SetsAhead sets, List<List<Descriptor>> now) throws IOException {
        Recorder process = new Recorder();
        SetsAhead.Fitting fitting = sets.fit(
                List.of(new EpollSet(List.of(file(9)), List.of(new EpollRegistration(9, 500_000, EPOLLIN, 1)))),
                now.stream().flatMap(List::stream).toList());
        fitting.sets(process);
        fitting.registrations(process);
        return process;
    }

    private static List<EpollRegistration> registrations(int set) throws IOException {
        return EpollSet.of((int) ProcessHandle.current().pid(), List.of(file(set))).get(0).registrations();
    }

    private static List<EpollRegistration> all(List<List<Descriptor>> files) {
        return files.stream().flatMap(List::stream).flatMap(place -> place.registrations().stream()).toList();
    }

    private static List<List<Descriptor>> foreseen() {
        return watchedBy(9);
    }

    private static List<List<Descriptor>> watchedBy(int set) {
        List<List<Descriptor>> places = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            places.add(place(i, watched(set, i)));
        }
        return places;
    }

    private static EpollRegistration watched(int set, int index) {
        return new EpollRegistration(set, FIRST_NUMBER + index, EPOLLIN, index);
    }

    private static List<Descriptor> place(int index, EpollRegistration... registrations) {
        return List.of(new Descriptor(FIRST_NUMBER + index, Linux.O_RDWR, List.of(registrations)));
    }

    private static OpenFile file(int number) {
        return new OpenFile(number, "anon_inode:[eventpoll]", Linux.O_RDWR);
    }

    /** What it is asked to do. */
    private static final class Recorder implements HandOver.Places {
        private final List<HandOver.Replacement> sets = new ArrayList<>();
        private final List<EpollRegistration> stale = new ArrayList<>();
        private final List<EpollRegistration> missing = new ArrayList<>();

        @Override
        public void install(List<HandOver.Replacement> replacements) {
            sets.addAll(replacements);
        }

        @Override
        public void install(Unparking files) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void rewatch(List<EpollRegistration> out, List<EpollRegistration> in) {
            stale.addAll(out);
            missing.addAll(in);
        }
    }
}

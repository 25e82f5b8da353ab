package io.homeport.migration.departure;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DepartureNoteTest {
    private static final int FLAGS = 02_004_002;

    @TempDir
    Path directory;

    @Test
    void shouldTellTheNextDaemonEveryNumberInFewWords() throws Exception {
        List<List<Descriptor>> files = new ArrayList<>();
        for (int fd = 100; fd < 10_000; fd++) {
            files.add(one(fd, FLAGS));
        }
        files.add(one(10_000, 2)); // other flags
        files.add(List.of(place(10_001, 2), place(5, FLAGS))); // two numbers
        files.add(one(10_002, 2));
        files.add(one(10_003, 2));
        files.add(one(9, 0));
        DepartureNote note = new DepartureNote(0xcafeL, 17, "1234", "beta", files);
        note.write(directory);
        assertThat(DepartureNote.all(directory)).containsExactly(note);
        assertThat(Files.size(directory.resolve("000000000000cafe.departure"))).isLessThan(200);
        DepartureNote.delete(directory, 0xcafeL);
        assertThat(DepartureNote.all(directory)).isEmpty();
    }

    /** One that is upgraded in the midst of a departure: its sockets are to be watched again. */
    @Test
    void shouldReadWhatADaemonWroteThatHadTakenOutWhatWatchesThem() throws Exception {
        Files.writeString(directory.resolve("000000000000cafe.departure"), "17\n1234\nbeta\n17:80802:5/2019/ffffffff00000011 18:2,40:80002:5/1/28:6/1/0 \n");
        assertThat(DepartureNote.all(directory)).singleElement().satisfies(note -> assertThat(note.files()).containsExactly(
                List.of(new Descriptor(17, 0x80802, List.of(new EpollRegistration(5, 17, 0x2019, 0xffffffff00000011L)))),
                List.of(place(18, 2), new Descriptor(40, 0x80002, List.of(new EpollRegistration(5, 40, 1, 0x28), new EpollRegistration(6, 40, 1, 0))))));
    }

    private static List<Descriptor> one(int fd, int flags) {
        return List.of(place(fd, flags));
    }

    private static Descriptor place(int fd, int flags) {
        return new Descriptor(fd, flags, List.of());
    }
}

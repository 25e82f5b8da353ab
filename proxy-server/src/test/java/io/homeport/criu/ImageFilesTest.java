package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Homeport reads in CRIU's files. */
class ImageFilesTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadTheStatisticsOfADump() throws IOException {
        // Magics, size, field 1 (27 bytes): 1=300, 2=70000, 3=5, 4=6, 7=20000, 9=1 and an unknown field 20 of 8 bytes.
        write("4059105506330957170000000a1b08ac0210f0a20418052006" + "38a09c014801" + "a1010102030405060708");
        DumpResult result = DumpStats.read(directory).result(directory, 42);
        assertThat(result).isEqualTo(new DumpResult(directory, 42, 300, 70000, 5, 6, 20000L * 4096));
    }

    @Test
    void shouldRefuseStatisticsThatAreNone() throws IOException {
        for (String bytes : List.of("", "00000000", "000000000000000000000000", "4059105506330957170000000a7f08", "4059105506330957170000000affffffff0f08")) {
            write(bytes);
            assertThatThrownBy(() -> DumpStats.read(directory)).as(bytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldGiveCriuNumbersThatTheImagesDoNotHold() {
        assertThat(ImageNotes.lastPidForCriu(ids(1001, 1002))).isEqualTo(1);
        assertThat(ImageNotes.lastPidForCriu(ids(2, 3, 40))).isEqualTo(40);
        assertThat(ImageNotes.lastPidForCriu(ids(57, 58, 140, 300))).isEqualTo(140);
        assertThat(ImageNotes.lastPidForCriu(ids(102))).isEqualTo(1);
        assertThat(ImageNotes.lastPidForCriu(ids(101))).isEqualTo(101);
    }

    @Test
    void shouldFindIdsAndNotes() throws IOException {
        for (String name : List.of("core-1001.img", "core-7.img", "mm-1001.img", "pages-1.img")) {
            Files.createFile(directory.resolve(name));
        }
        assertThat(ImageNotes.ids(directory)).containsExactly(7, 1001);
        new ImageNotes(1001, true).write(directory);
        assertThat(ImageNotes.read(directory)).isEqualTo(new ImageNotes(1001, true));
        Files.writeString(directory.resolve("homeport-image.properties"), "rootPid=x");
        assertThatThrownBy(() -> ImageNotes.read(directory)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldQuoteTheLastErrorsOfALog() throws IOException {
        Path log = directory.resolve("log");
        Files.writeString(log, "(00.1) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self\n"
                + "(00.2) Warn  (x)\n(00.3) Error (a.c:1): one\n(00.4) Error (b.c:2): two\n");
        assertThat(CriuLog.lastErrors(log, run(1, "said"))).isEqualTo("Error (a.c:1): one; Error (b.c:2): two");
        Files.writeString(log, "");
        assertThat(CriuLog.lastErrors(log, run(1, "init 7\nfirst\nlast \n\n"))).isEqualTo("last");
        assertThat(CriuLog.lastErrors(directory.resolve("none"), run(137, "init 7\n"))).contains("no reason given").contains("signal 9");
    }

    private static CommandRun run(int status, String output) {
        return new CommandRun(status, output, java.util.Optional.empty());
    }

    private void write(String hex) throws IOException {
        Files.write(directory.resolve("stats-dump"), HexFormat.of().parseHex(hex));
    }

    private static TreeSet<Integer> ids(Integer... ids) {
        return new TreeSet<>(List.of(ids));
    }
}

package io.homeport.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSurveyTest {
    private static final int PID = (int) ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Path file;
    private FileSurvey survey;

    @BeforeEach
    void prepare() throws IOException {
        file = directory.toRealPath().resolve("file");
        Files.writeString(file, "contents");
        survey = new FileSurvey(
                new PrivateDirectories(List.of(Path.of("/dev/shm"))), new LeftBehind(directory.resolve("ledger")));
    }

    @Test
    void shouldFindTheFilesOfARunningJvmAndFindThemHere() throws IOException {
        List<FileNeed> needs = survey.needs(PID);
        assertThat(needs).anySatisfy(need -> {
            assertThat(need.path()).endsWith("/libjvm.so");
            assertThat(need.carried()).isFalse();
            assertThat(need.sizeBytes()).isPositive();
            assertThat(need.fingerprint()).isNotZero();
        });
        assertThat(needs).extracting(FileNeed::path).contains(System.getProperty("user.dir"), "/");
        assertThat(survey.check(needs)).isEmpty();
        assertThat(FileSurvey.javaHome(PID)).isEqualTo(Path.of(System.getProperty("java.home")).toRealPath().toString());
    }

    @Test
    void shouldNameWhatIsMissingOrDifferent() throws IOException {
        FileNeed need;
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
            need = needOf(file).orElseThrow();
        }
        Files.writeString(file, "CONTENTS");
        assertThat(survey.check(List.of(need))).containsExactly(file + " has other contents here than there");
        Files.writeString(file, "more than contents");
        assertThat(survey.check(List.of(need))).containsExactly(file + " has 18 bytes here and 8 there");
        Files.delete(file);
        assertThat(survey.check(List.of(need))).containsExactly(file + " is missing");
        Files.createDirectory(file);
        assertThat(survey.check(List.of(need))).containsExactly(file + " is a directory here and a regular file there");
    }

    @Test
    void shouldNotAskForTheSizeOfFilesOnlyAppendedTo() throws IOException {
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.APPEND)) {
            FileNeed need = needOf(file).orElseThrow();
            assertThat(need.sizeBytes()).isEqualTo(-1);
            Files.writeString(file, "any");
            assertThat(survey.check(List.of(need))).isEmpty();
            try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
                assertThat(needOf(file).orElseThrow().sizeBytes()).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldLetAFileThatIsWrittenGrowUntilTheFreeze() throws IOException {
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileNeed need = needOf(file).orElseThrow();
            Files.writeString(file, "contents and more");
            assertThat(survey.check(List.of(need))).isEmpty();
            Files.writeString(file, "less");
            assertThat(survey.check(List.of(need))).containsExactly(file + " has 4 bytes here and 8 there");
        }
    }

    @Test
    void shouldAskForTheDirectoryOfAnUnlinkedFile() throws IOException {
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
            Files.delete(file);
            assertThat(needOf(file)).isEmpty();
            assertThat(needOf(file.getParent())).isPresent();
        }
    }

    @Test
    void shouldAcceptAMissingFileThatIsCarried() {
        assertThat(survey.check(List.of(new FileNeed("/dev/shm/absent", FileType.REGULAR, 1, false, true, 1)))).isEmpty();
    }

    private Optional<FileNeed> needOf(Path path) throws IOException {
        return survey.needs(PID).stream().filter(need -> need.path().equals(path.toString())).findFirst();
    }
}

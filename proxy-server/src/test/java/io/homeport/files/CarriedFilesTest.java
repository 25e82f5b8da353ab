package io.homeport.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One machine plays both: what is copied is taken away, then placed again. */
class CarriedFilesTest {
    private static final int PID = (int) ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Path own;
    private Path images;
    private CarriedFiles carried;

    @BeforeEach
    void prepare() throws IOException {
        own = Files.createDirectories(directory.toRealPath().resolve("private/deep"));
        images = Files.createDirectory(directory.resolve("images"));
        carried = new CarriedFiles(
                new PrivateDirectories(List.of(own.getParent())), new LeftBehind(directory.resolve("ledger")));
    }

    @Test
    void shouldMakeOpenFilesAgainWithTheirDirectoriesOwnersAndModes() throws IOException {
        Path file = own.resolve("with\ttab and %09");
        try (FileChannel open = open(file, "contents")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            assertThat(carried.copyInto(PID, images)).isEqualTo(8);
        }
        FileFacts before = FileFacts.of(file);
        Files.delete(file);
        Files.delete(own);
        carried.place(images).keep();
        FileFacts after = FileFacts.of(file);
        assertThat(Files.readString(file)).isEqualTo("contents");
        assertThat(after.mode()).isEqualTo(before.mode());
        assertThat(after.modifiedMs()).isEqualTo(before.modifiedMs());
        assertThat(after.uid()).isEqualTo(before.uid());
        try (var left = Files.list(own)) {
            assertThat(left).containsExactly(file);
        }
    }

    /** Nobody writes into it yet: whoever opens it to read waits. */
    @Test
    @Timeout(60)
    void shouldMakeANamedPipeAgainWithItsMode() throws Exception {
        Path pipe = own.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", "--mode=640", pipe.toString()).start().waitFor()).isZero();
        try (FileChannel open = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            carried.copyInto(PID, images);
        }
        FileFacts before = FileFacts.unfollowed(pipe).orElseThrow();
        Files.delete(pipe);
        carried.place(images).keep();
        assertThat(FileFacts.unfollowed(pipe).orElseThrow().mode()).isEqualTo(before.mode());
    }

    @Test
    void shouldRemoveOnlyWhatItMade() throws IOException {
        Path file = own.resolve("file");
        try (FileChannel open = open(file, "contents")) {
            carried.copyInto(PID, images);
        }
        carried.place(images).remove();
        assertThat(file).as("was there before, equal").exists();
        Files.delete(file);
        carried.place(images).remove();
        assertThat(file).doesNotExist();
        assertThat(own).exists();
    }

    @Test
    void shouldRefuseToReplaceAStrangersFile() throws IOException {
        Path file = own.resolve("b-file");
        Path other = own.resolve("a-file");
        try (FileChannel open = open(file, "contents");
                FileChannel openToo = open(other, "more")) {
            carried.copyInto(PID, images);
        }
        Files.delete(other);
        Files.writeString(file, "other contents");
        assertThatThrownBy(() -> carried.place(images)).hasMessageContaining(file + " exists here with other contents");
        assertThat(other).doesNotExist();
        assertThat(Files.readString(file)).isEqualTo("other contents");
    }

    @Test
    void shouldReplaceWhatTheProcessLeftWhenItComesBack() throws IOException {
        Path file = own.resolve("state");
        try (FileChannel open = open(file, "old")) {
            carried.copyInto(PID, images);
        }
        carried.leave(images);
        Files.move(file, own.resolve("elsewhere"));
        Path back = Files.createDirectory(directory.resolve("back"));
        try (FileChannel open = open(file, "newer")) {
            carried.copyInto(PID, back);
        }
        Files.delete(file);
        Files.move(own.resolve("elsewhere"), file);

        carried.place(back).remove();
        assertThat(Files.readString(file)).as("put back when the move fails").isEqualTo("old");
        carried.place(back).keep();
        assertThat(Files.readString(file)).isEqualTo("newer");
        try (var left = Files.list(own)) {
            assertThat(left).containsExactly(file);
        }
        Files.writeString(file, "touched since");
        assertThatThrownBy(() -> carried.place(back)).hasMessageContaining("other contents");
    }

    @Test
    void shouldCarryTheDirectoryOfAnUnlinkedFile() throws IOException {
        Path file = own.resolve("library.so");
        try (FileChannel open = open(file, "contents")) {
            Files.delete(file);
            assertThat(carried.copyInto(PID, images)).isZero();
        }
        Files.delete(own);
        carried.place(images).keep();
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void shouldRemoveADeadAttachSocketAndLeaveALivingOne() throws IOException {
        Path socket = own.resolve(".java_pid4711");
        new Manifest(List.of(new Manifest.Entry(socket.toString(), FileType.SOCKET, 0, 0, 0, ""))).write(images);
        carried.place(images).keep();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            carried.place(images).keep();
            assertThat(Files.exists(socket)).isTrue();
        }
        carried.place(images).keep();
        assertThat(Files.exists(socket)).isFalse();
    }

    @Test
    void shouldRefusePathsOutsideOfPrivateDirectories() throws IOException {
        for (String path : List.of(directory + "/elsewhere", own + "/../../elsewhere")) {
            new Manifest(List.of(new Manifest.Entry(path, FileType.DIRECTORY | 0755, 0, 0, 0, ""))).write(images);
            assertThatThrownBy(() -> carried.place(images)).hasMessageContaining("in no private directory");
        }
    }

    @Test
    void shouldNotFollowALinkInAPrivateDirectory() throws IOException {
        Path file = own.resolve("file");
        try (FileChannel open = open(file, "contents")) {
            carried.copyInto(PID, images);
        }
        Path victim = Files.createDirectory(directory.resolve("victim"));
        Files.delete(file);
        Files.delete(own);
        Files.createSymbolicLink(own, victim);
        assertThatThrownBy(() -> carried.place(images)).hasMessageContaining("is a symbolic link here and a directory there");
        assertThat(victim).isEmptyDirectory();
    }

    private static FileChannel open(Path file, String contents) throws IOException {
        Files.writeString(file, contents);
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}

package io.homeport.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The list of carried files that came with an image. In the input {@code @/} stands for the node's private directory, in which somebody has
 * planted a link that leads out of it. Whatever the list says, nothing appears outside, and all is gone after {@code remove}.
 */
class ManifestFuzzTest {
    private static Path root;

    static Stream<byte[]> shouldPlaceInsideOrRefuse() {
        return Stream.of(
                        "40700\t0\t0\t1000\t\t@/d\n100600\t0\t0\t1000\t0\t@/d/f\n",
                        "100644\t0\t0\t1000\t1\t@/link/f\n",
                        "100644\t0\t0\t1000\t1\t@/../outside/f\n40755\t0\t0\t0\t\t@/d%09%0A%25\n",
                        "140000\t0\t0\t0\t\t@/s\n",
                        "100600\t1\t1\t5\t0\t@/hsperfdata_root/17\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @BeforeAll
    static void open() throws IOException {
        root = Files.createTempDirectory("homeport-fuzz");
        Files.createDirectories(root.resolve("contents"));
        Files.createDirectories(root.resolve("outside"));
        Files.createDirectories(root.resolve("private/hsperfdata_root"));
        Files.createSymbolicLink(root.resolve("private/link"), root.resolve("outside"));
    }

    @AfterAll
    static void close() throws IOException {
        for (Path path : tree()) {
            Files.deleteIfExists(path);
        }
    }

    @MethodSource
    @FuzzTest
    void shouldPlaceInsideOrRefuse(byte[] manifest) throws IOException {
        String text = new String(manifest, StandardCharsets.UTF_8).replace("@/", root + "/private/");
        if (text.lines().anyMatch(ManifestFuzzTest::isNamedPipe)) {
            return; // mkfifo is a process of its own, too slow for millions of them
        }
        Path contents = root.resolve("contents");
        Files.writeString(contents.resolve("manifest"), text);
        Files.writeString(contents.resolve("0"), "zero");
        Files.writeString(contents.resolve("1"), "one");
        CarriedFiles carried = new CarriedFiles(new PrivateDirectories(List.of(root.resolve("private"))), new LeftBehind(root.resolve("left")));
        List<Path> before = withoutContents();
        Cost.bounded(manifest.length, () -> {
            try {
                PlacedFiles placed = carried.place(contents);
                assertThat(root.resolve("outside")).isEmptyDirectory();
                placed.remove();
            } catch (IOException refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        });
        assertThat(withoutContents()).isEqualTo(before);
        clear(contents);
    }

    private static boolean isNamedPipe(String line) {
        try {
            return (Integer.parseInt(line.split("\t", 2)[0], 8) & FileType.MASK) == FileType.FIFO;
        } catch (NumberFormatException other) {
            return false;
        }
    }

    private static List<Path> withoutContents() throws IOException {
        return tree().stream().filter(path -> !path.startsWith(root.resolve("contents"))).toList();
    }

    private static List<Path> tree() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> sorted = new ArrayList<>(all.sorted().toList());
            java.util.Collections.reverse(sorted);
            return sorted;
        }
    }

    private static void clear(Path directory) throws IOException {
        for (Path path : tree()) {
            if (path.startsWith(directory) && !path.equals(directory)) {
                Files.delete(path);
            }
        }
    }
}

package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.posix.Linux;
import io.homeport.posix.Pages;
import io.homeport.posix.Posix;
import io.homeport.process.ProcessStat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryAheadTest {
    private static final int FLAGS = Pagemap.PRESENT | 2;
    /** CRIU's first are those of shared memory, if there is any: what a killed CRIU has left, too. */
    private static final int PAGES_ID = 2;

    private static final String PAGES = "pages-" + PAGES_ID + ".img";

    @TempDir
    Path directory;

    private Process process;
    private Path aheadDir;
    private Path images;

    @BeforeEach
    void startAProcess() throws IOException {
        process = new ProcessBuilder("bash", "-c", "echo; read word").start();
        assertThat(process.getInputStream().read()).isEqualTo('\n');
        aheadDir = directory.resolve("ahead");
        images = directory.resolve("images");
        Files.createDirectory(images);
    }

    @AfterEach
    void endIt() {
        process.destroyForcibly();
    }

    @Test
    void shouldCopyThePagesOfAProcess() throws IOException {
        try (MemoryAhead ahead = MemoryAhead.copy(pid(), aheadDir, null)) {
            TreeMap<Long, byte[]> copied = pages(aheadDir, Map.of());
            assertThat(ahead.bytes()).isEqualTo((long) copied.size() * Pages.BYTES).isEqualTo(Files.size(aheadDir.resolve(MemoryAhead.PAGES)));
            assertThat(String.join("", copied.values().stream().map(String::new).toList())).contains("read word");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLeaveOutWhatHasGoneAheadAndNothingElse(long seed) throws IOException {
        Random random = new Random(seed);
        try (MemoryAhead ahead = MemoryAhead.copy(pid(), aheadDir, null)) {
            TreeMap<Long, byte[]> now = changed(pages(aheadDir, Map.of()), random);
            dump(now);
            assertThat(ahead.supplement(images)).isEqualTo(Files.size(images.resolve(PAGES)));
            TreeMap<Long, byte[]> then = pages(images, pages(aheadDir, Map.of()));
            assertThat(then.keySet()).isEqualTo(now.keySet());
            then.forEach((address, page) -> assertThat(page).as("page at %x", address).isEqualTo(now.get(address)));
            assertThat(Files.size(images.resolve(PAGES))).isLessThan((long) now.size() * Pages.BYTES * 3 / 4);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldTakeFromTheProcessWhatTheDumpHasLeftThere(long seed) throws IOException {
        Random random = new Random(seed);
        Posix.kill(pid(), Linux.SIGSTOP);
        ProcessStat.awaitAllStopped(pid(), 60_000);
        try (MemoryAhead ahead = MemoryAhead.copy(pid(), aheadDir, null)) {
            TreeMap<Long, byte[]> now = pages(aheadDir, Map.of());
            Pagemap copied = Pagemap.read(Pagemap.file(aheadDir, pid()));
            byte[] before = Files.readAllBytes(aheadDir.resolve(MemoryAhead.PAGES));
            for (int i = 0; i < 3; i++) {
                before[random.nextInt(before.length)]++;
            }
            Files.write(aheadDir.resolve(MemoryAhead.PAGES), before);
            Files.createFile(images.resolve(PAGES));
            List<Pagemap.Run> left = copied.runs().stream().map(run -> new Pagemap.Run(run.address(), run.pages(), Pagemap.LAZY)).toList();
            new Pagemap(PAGES_ID, left).write(Pagemap.file(images, pid()));
            assertThat(ahead.supplement(images)).isPositive().isLessThan(before.length);
            MemoryAhead.join(images, aheadDir);
            assertThat(PagerMap.of(images, pid()).bytes()).isEqualTo(before.length);
            TreeMap<Long, byte[]> then = pages(images, pages(aheadDir, Map.of()));
            assertThat(then.keySet()).isEqualTo(now.keySet());
            then.forEach((address, page) -> assertThat(page).as("page at %x", address).isEqualTo(now.get(address)));
        }
    }

    @Test
    void shouldSayThatImagesAreTooShort() throws IOException {
        try (MemoryAhead ahead = MemoryAhead.copy(pid(), aheadDir, null)) {
            dump(pages(aheadDir, Map.of()));
            Files.write(images.resolve(PAGES), new byte[Pages.BYTES]);
            assertThatThrownBy(() -> ahead.supplement(images)).isInstanceOf(IOException.class).hasMessageContaining("ERANGE");
        }
    }

    @Test
    void shouldJoinImagesThatAreASupplementOnly() throws IOException {
        MemoryAhead.join(images, aheadDir);
        assertThat(images).isEmptyDirectory();
        Files.createDirectory(aheadDir);
        MemoryAhead.join(images, aheadDir);
        MemoryAhead.join(images, aheadDir);
        assertThat(images.resolve("parent")).isSymbolicLink();
        assertThat(images.resolve("parent").toRealPath()).isEqualTo(aheadDir.toRealPath());
    }

    private int pid() {
        return (int) process.pid();
    }

    /** Some pages are others, some are gone, some are new. */
    private static TreeMap<Long, byte[]> changed(TreeMap<Long, byte[]> before, Random random) {
        TreeMap<Long, byte[]> now = new TreeMap<>();
        before.forEach((address, page) -> {
            byte[] copy = page.clone();
            int lot = random.nextInt(100);
            if (lot < 10) {
                copy[random.nextInt(Pages.BYTES)]++;
            }
            if (lot < 97) {
                now.put(address, copy);
            }
            long beside = address + Pages.BYTES;
            if (lot == 99 && !before.containsKey(beside)) {
                now.put(beside, copy.clone());
            }
        });
        return now;
    }

    private void dump(TreeMap<Long, byte[]> pages) throws IOException {
        List<Pagemap.Run> runs = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pages.forEach((address, page) -> {
            bytes.writeBytes(page);
            Pagemap.Run last = runs.isEmpty() ? new Pagemap.Run(0, 0, 0) : runs.get(runs.size() - 1);
            if (last.end() == address) {
                runs.set(runs.size() - 1, new Pagemap.Run(last.address(), last.pages() + 1, FLAGS));
            } else {
                runs.add(new Pagemap.Run(address, 1, FLAGS));
            }
        });
        Files.write(images.resolve(PAGES), bytes.toByteArray());
        new Pagemap(PAGES_ID, runs).write(Pagemap.file(images, pid()));
    }

    /** What CRIU would read. */
    private TreeMap<Long, byte[]> pages(Path imageDir, Map<Long, byte[]> parent) throws IOException {
        TreeMap<Long, byte[]> pages = new TreeMap<>();
        Pagemap pagemap = Pagemap.read(Pagemap.file(imageDir, pid()));
        byte[] bytes = Files.readAllBytes(pagemap.pages(imageDir));
        int offset = 0;
        for (Pagemap.Run run : pagemap.runs()) {
            for (long address = run.address(); address < run.end(); address += Pages.BYTES) {
                if (run.is(Pagemap.IN_PARENT)) {
                    pages.put(address, parent.get(address));
                } else {
                    pages.put(address, Arrays.copyOfRange(bytes, offset, offset + Pages.BYTES));
                    offset += Pages.BYTES;
                }
            }
        }
        assertThat(offset).isEqualTo(bytes.length);
        return pages;
    }
}

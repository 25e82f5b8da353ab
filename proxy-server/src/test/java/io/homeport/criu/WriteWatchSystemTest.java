package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.capsule.Capsule;
import io.homeport.handover.AgentControl;
import io.homeport.handover.AgentMissing;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the kernel tells of the pages that a JVM in a storm of writes has not touched, held against those pages, and then moved by. */
class WriteWatchSystemTest extends CriuScene {
    private static final List<List<String>> COLLECTORS = List.of(
            List.of("-XX:+UseG1GC"), List.of("-XX:+UseG1GC", "-XX:+UseTransparentHugePages"), List.of("-XX:+UseSerialGC"),
            List.of("-XX:+UseParallelGC"), List.of("-XX:+UseShenandoahGC"), List.of("-XX:+UseZGC"));

    /** What the process runs on for after its memory is copied, ms. */
    private static final long STORM_MS = 700;

    static Stream<Arguments> jvms() {
        return jdks().stream().flatMap(java -> COLLECTORS.stream().map(options -> Arguments.of(java, options)));
    }

    @ParameterizedTest
    @MethodSource("jvms")
    void shouldTellEveryPageThatHasChanged(Path java, List<String> options) throws Exception {
        jvm = TestJvm.stormInCapsule(java, directory, options);
        Path gone = directory.resolve("ahead");
        WriteWatch watch = watch(jvm.pid());
        try (MemoryAhead ahead = MemoryAhead.copy(jvm.pid(), gone, watch)) {
            assertGoesOn();
            Thread.sleep(STORM_MS);
            stop(jvm.pid());
            assertTellsWhatDiffers(watch, gone);
            criu.dump(new DumpRequest(jvm.pid(), images(1)).leavingMemory(TestJvm.CAPSULE));
            ahead.supplement(images(1));
        }
        Map<Path, Path> own = luggage(jvm.pid(), 1);
        jvm.kill();
        MemoryAhead.join(images(1), gone);
        copy = criu.restore(new RestoreRequest(images(1), TestJvm.CAPSULE), own);
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
        Files.writeString(directory.resolve("check"), "");
        Path checked = directory.resolve("checked");
        TestJvm.await("checked", () -> Files.exists(checked) && Files.readString(checked).contains("whole="));
        assertThat(checked).hasContent("whole=true");
    }

    private static WriteWatch watch(int pid) throws Exception {
        TestJvm.await("agent", () -> hasAgent(pid));
        try (AgentControl agent = AgentControl.open(pid)) {
            return WriteWatch.begin(pid, agent.userfaultfd());
        }
    }

    private static boolean hasAgent(int pid) throws IOException {
        try (AgentControl agent = AgentControl.open(pid)) {
            return true;
        } catch (AgentMissing yet) {
            return false;
        }
    }

    private void assertTellsWhatDiffers(WriteWatch watch, Path gone) throws Exception {
        Path pagemap;
        try (Stream<Path> files = Files.list(gone)) {
            pagemap = files.filter(file -> file.getFileName().toString().startsWith("pagemap-")).findFirst().orElseThrow();
        }
        List<Pagemap.Run> runs = Pagemap.read(pagemap).runs();
        int pages = (int) runs.stream().mapToLong(Pagemap.Run::pages).sum();
        byte[] told = new byte[pages];
        byte[] differs = new byte[pages];
        new WatchedChanges(runs, watch.untouched()).copyTo(told, 0, pages);
        try (Comparison comparison = Comparison.begin(jvm.pid(), runs, gone.resolve(MemoryAhead.PAGES))) {
            comparison.await();
            comparison.copyTo(differs, 0, pages);
        }
        int toldCount = 0;
        int differCount = 0;
        int missed = 0;
        for (int page = 0; page < pages; page++) {
            toldCount += told[page];
            differCount += differs[page];
            missed += differs[page] & ~told[page];
        }
        System.out.printf("of %d pages %d differ, %d are told%n", pages, differCount, toldCount);
        assertThat(missed).isZero();
        assertThat(differCount).isPositive();
        assertThat(toldCount).isLessThan(pages);
    }
}

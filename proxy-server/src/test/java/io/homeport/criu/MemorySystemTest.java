package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.capsule.Capsule;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The memory of real JVMs: sent ahead, left out of the dump, and brought when the process runs already. */
class MemorySystemTest extends CriuScene {
    /** MB; so much that the pager is met at work. */
    private static final int BALLAST = 512;

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldGoOnFromWhatHasGoneAheadAndASupplement(Path java) throws Exception {
        jvm = TestJvm.inCapsule(java, directory);
        moveBySupplement(new Criu(criu.binary(), criu.version(), false));
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
        drain();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldRunWhileItsMemoryStillComes(Path java) throws Exception {
        jvm = TestJvm.inCapsule(java, directory, BALLAST);
        moveBySupplement(criu);
        int pager = new Capsule(copy.initPid()).pager().orElseThrow();
        Posix.kill(pager, SIGSTOP);
        Posix.kill(copy.pid(), SIGCONT);
        long ticks = jvm.ticks();
        Thread.sleep(500);
        assertThat(jvm.ticks()).as("a thread whose page does not come waits").isEqualTo(ticks);
        Files.writeString(directory.resolve("churn"), "");
        Posix.kill(pager, SIGCONT);
        assertGoesOn();
        Path churned = directory.resolve("churned");
        TestJvm.await("churned", () -> Files.exists(churned) && Files.readString(churned).contains("whole="));
        TestJvm.await("complete", () -> new Capsule(copy.initPid()).pager().isEmpty());
        assertThat(churned).hasContent("whole=true");
        drain();
    }

    @Test
    void shouldEndWithItsPagerBeforeItReadsAWrongByte() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory, BALLAST);
        moveBySupplement(criu);
        int pager = new Capsule(copy.initPid()).pager().orElseThrow();
        Posix.kill(pager, SIGSTOP);
        Posix.kill(copy.pid(), SIGCONT);
        long ticks = jvm.ticks();
        Posix.kill(pager, Linux.SIGKILL);
        TestJvm.await("ended", () -> !new Capsule(copy.initPid()).alive());
        assertThat(jvm.ticks()).isEqualTo(ticks);
        assertThat(directory.resolve("output")).content().doesNotContain("SIGSEGV", "Exception");
    }
}

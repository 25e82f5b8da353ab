package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.capsule.Capsule;
import io.homeport.files.CarriedFiles;
import io.homeport.files.LeftBehind;
import io.homeport.files.PrivateDirectories;
import io.homeport.posix.Posix;
import io.homeport.process.ProcessStat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A JVM and its copy, which end with the test. */
abstract class CriuScene {
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    @TempDir
    Path directory;

    Criu criu;
    TestJvm jvm;
    Restored copy;

    @BeforeEach
    void findCriu() throws Exception {
        TestJvm.assumeRunnable();
        criu = Criu.find();
    }

    @AfterEach
    void endAll() throws Exception {
        if (copy != null) {
            new Capsule(copy.initPid()).kill();
        }
        if (jvm != null) {
            jvm.close();
        }
    }

    static List<Path> jdks() {
        return TestJvm.jdks();
    }

    void moveBySupplement(Criu restoring) throws Exception {
        Path gone = directory.resolve("ahead");
        try (MemoryAhead ahead = MemoryAhead.copy(jvm.pid(), gone, null)) {
            assertGoesOn();
            stop(jvm.pid());
            criu.dump(new DumpRequest(jvm.pid(), images(1)).leavingMemory(TestJvm.CAPSULE));
            assertThat(ahead.supplement(images(1))).isLessThan(ahead.bytes() / 2);
        }
        Map<Path, Path> own = luggage(jvm.pid(), 1);
        jvm.kill();
        MemoryAhead.join(images(1), gone);
        copy = restoring.restore(new RestoreRequest(images(1), TestJvm.CAPSULE), own);
    }

    Map<Path, Path> luggage(int pid, int number) throws Exception {
        CarriedFiles carried = new CarriedFiles(PrivateDirectories.USUAL, new LeftBehind(directory.resolve("left")));
        Path luggage = Files.createDirectory(directory.resolve("luggage-" + number));
        carried.copyInto(pid, luggage);
        return carried.place(luggage).ownDirectories();
    }

    Path images(int number) {
        return directory.resolve("images-" + number);
    }

    /** As a move does it (FrozenService): a mere SIGSTOP may leave a fault in a thread's queue, and CRIU fails then. */
    static void stop(int pid) throws Exception {
        Posix.check(Posix.freeze(pid, 0), "freezing process " + pid);
        try {
            Posix.check(Posix.stopWhenThawed(pid), "stopping process " + pid);
        } finally {
            Posix.thaw(pid);
        }
        ProcessStat.awaitAllStopped(pid, 60_000);
    }

    void assertGoesOn() throws Exception {
        long before = jvm.ticks();
        TestJvm.await("ticks beyond " + before, () -> jvm.ticks() > before);
    }

    void drain() throws Exception {
        Files.writeString(directory.resolve("drain"), "");
        TestJvm.await("drained", () -> Files.exists(directory.resolve("drained"))
                && Files.readString(directory.resolve("drained")).contains("backwards="));
        String drained = Files.readString(directory.resolve("drained"));
        assertThat(drained.split(" ")[0]).isEqualTo("one-1two-1");
        assertThat(drained.split(" ")[1]).isEqualTo("one-5,two-5");
        assertThat(drained.split(" ")[2]).isEqualTo("late-1,late-5");
        assertThat(drained.split(" ")[3]).isEqualTo("backwards=0");
    }
}

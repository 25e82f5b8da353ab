package io.homeport.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FreezeTest {
    private static final int SIGQUIT = 3;

    @TempDir
    Path folder;

    private ForeignJvm jvm;
    private MappedByteBuffer counters;

    @BeforeEach
    void startCounting() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("counters").toFile(), "rw")) {
            file.setLength(CounterMain.COUNTERS * 8L);
            counters = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, CounterMain.COUNTERS * 8L);
        }
        jvm = new ForeignJvm(CounterMain.class, folder.resolve("counters").toString());
        awaitCounting();
    }

    @AfterEach
    void stop() {
        jvm.close();
    }

    @Test
    void shouldStopEveryThreadAndLetThemGoOn() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(Posix.freeze(jvm.pid, 0)).isGreaterThan(4);
            assertStandsStill();
            assertThat(Posix.thaw(jvm.pid)).isZero();
            awaitCounting();
        }
        assertThat(tracedThreads()).isZero();
    }

    @Test
    void shouldLeaveTheExceptedThreadRunning() throws Exception {
        int stopped = Posix.freeze(jvm.pid, jvm.pid);
        // Counted now, since the JVM makes and ends threads as long as it runs.
        assertThat(tracedThreads()).isEqualTo(stopped).isEqualTo(threads().length - 1);
        assertThat(state(jvm.pid)).isIn('S', 'R');
        assertThat(Posix.thaw(jvm.pid)).isZero();
        awaitCounting();
    }

    @Test
    void shouldKeepThreadsTrappedWhenAStoppedProcessIsContinued() throws Exception {
        Posix.kill(jvm.pid, Linux.SIGSTOP);
        awaitState('T');
        assertThat(Posix.freeze(jvm.pid, jvm.pid)).isGreaterThan(4);
        Posix.kill(jvm.pid, Linux.SIGCONT);
        Thread.sleep(50);
        assertThat(state(jvm.pid)).isIn('S', 'R');
        assertStandsStill();
        assertThat(Posix.thaw(jvm.pid)).isZero();
        awaitCounting();
    }

    @Test
    void shouldStopInsteadOfGoingOnWhenThawed() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(Posix.freeze(jvm.pid, jvm.pid)).isGreaterThan(4);
            long[] before = values();
            assertThat(Posix.stopWhenThawed(jvm.pid)).isZero();
            assertThat(Posix.thaw(jvm.pid)).isZero();
            awaitAllStopped();
            assertThat(values()).isEqualTo(before);
            assertThat(pendingStops()).as("threads with a SIGSTOP in their queue, which CRIU would restore").isZero();
            Posix.kill(jvm.pid, Linux.SIGCONT);
            awaitCounting();
        }
    }

    @Test
    void shouldStopAllTheSameWhenSomebodyContinuesItMeanwhile() throws Exception {
        assertThat(Posix.freeze(jvm.pid, jvm.pid)).isGreaterThan(4);
        assertThat(Posix.stopWhenThawed(jvm.pid)).isZero();
        long[] before = values();
        Posix.kill(jvm.pid, Linux.SIGCONT);
        assertThat(Posix.thaw(jvm.pid)).isZero();
        awaitAllStopped();
        assertThat(values()).isEqualTo(before);
        assertThat(pendingStops()).isZero();
    }

    /** As a daemon that is killed in the middle of a hand-over: the process must not run on its dummies. */
    @Test
    void shouldStopInsteadOfGoingOnWhenTheTracerEnds() throws Exception {
        for (int i = 0; i < 20; i++) {
            long[][] before = new long[1][];
            Thread tracer = new Thread(() -> {
                Posix.freeze(jvm.pid, jvm.pid);
                Posix.stopWhenThawed(jvm.pid);
                before[0] = values();
            });
            tracer.start();
            tracer.join();
            awaitAllStopped();
            assertThat(values()).isEqualTo(before[0]);
            Posix.kill(jvm.pid, Linux.SIGCONT);
            awaitCounting();
        }
    }

    @Test
    void shouldWakeOneThreadOfAStoppedProcessAndStopItAgain() throws Exception {
        Posix.kill(jvm.pid, Linux.SIGSTOP);
        awaitAllStopped();
        long[] before = values();
        for (int i = 0; i < 20; i++) {
            assertThat(Posix.wakeThread(jvm.pid, false)).isZero();
            assertThat(state(jvm.pid)).isIn('S', 'R');
            assertThat(Posix.stopThread(jvm.pid)).isZero();
            awaitAllStopped();
        }
        assertThat(values()).isEqualTo(before);
        Posix.kill(jvm.pid, Linux.SIGCONT);
        awaitCounting();
    }

    /** CRIU leaves a SIGSTOP in the queue; anybody may send other signals. */
    @Test
    void shouldWakeAThreadWhateverSignalsWait() throws Exception {
        Posix.kill(jvm.pid, Linux.SIGSTOP);
        awaitAllStopped();
        long[] before = values();
        Posix.kill(jvm.pid, Linux.SIGSTOP);
        Posix.kill(jvm.pid, SIGQUIT);
        assertThat(Posix.wakeThread(jvm.pid, false)).isZero();
        Posix.kill(jvm.pid, SIGQUIT);
        Thread.sleep(50);
        assertThat(state(jvm.pid)).isEqualTo('S');
        assertThat(Posix.stopThread(jvm.pid)).isZero();
        awaitAllStopped();
        assertThat(values()).isEqualTo(before);
        Posix.kill(jvm.pid, Linux.SIGCONT);
        awaitCounting();
    }

    /** As a daemon that is killed while it gives a stopped service its sockets back. */
    @Test
    void shouldStopTheWokenThreadAgainWhenTheTracerEnds() throws Exception {
        Posix.kill(jvm.pid, Linux.SIGSTOP);
        awaitAllStopped();
        long[] before = values();
        Thread tracer = new Thread(() -> Posix.wakeThread(jvm.pid, false));
        tracer.start();
        tracer.join();
        awaitAllStopped();
        assertThat(values()).isEqualTo(before);
        Posix.kill(jvm.pid, Linux.SIGCONT);
        awaitCounting();
    }

    @Test
    void shouldAnswerErrorsForWhatCannotBeFrozen() {
        assertThat(Posix.freeze(1 << 22, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(Posix.thaw(jvm.pid)).isEqualTo(-Errno.ESRCH);
        assertThat(Posix.stopWhenThawed(jvm.pid)).isEqualTo(-Errno.ESRCH);
        assertThat(Posix.freeze(jvm.pid, 0)).isPositive();
        assertThat(Posix.freeze(jvm.pid, 0)).isEqualTo(-Errno.EALREADY);
        assertThat(Posix.thaw(jvm.pid)).isZero();
    }

    /** As a copy that is killed while the destination's daemon traces it: nobody else could bury its threads. */
    @Test
    void shouldBuryTheThreadsOfAProcessThatIsKilledMeanwhile() throws Exception {
        assertThat(Posix.freeze(jvm.pid, jvm.pid)).isGreaterThan(4);
        Posix.kill(jvm.pid, Linux.SIGKILL);
        assertThat(Posix.thaw(jvm.pid)).isZero();
        awaitOnlyTheLeaderIsLeft();
    }

    @Test
    void shouldNotWaitForAProcessThatIsKilledJustNow() throws Exception {
        Posix.kill(jvm.pid, Linux.SIGKILL);
        int frozen = Posix.freeze(jvm.pid, jvm.pid);
        assertThat(frozen).isNotEqualTo(-Errno.ETIMEDOUT);
        Posix.thaw(jvm.pid);
        awaitOnlyTheLeaderIsLeft();
    }

    /** The leader is its own parent's to bury. */
    private void awaitOnlyTheLeaderIsLeft() throws InterruptedException {
        for (String[] left = threads(); left != null && left.length > 1; left = threads()) { // null when it has been buried itself
            Thread.sleep(1);
        }
    }

    private void assertStandsStill() throws InterruptedException {
        long[] before = values();
        Thread.sleep(5);
        assertThat(values()).isEqualTo(before);
    }

    private void awaitCounting() throws InterruptedException {
        long[] before = values();
        for (int i = 0; i < CounterMain.COUNTERS; i++) {
            while (counters.getLong(i * 8) == before[i]) {
                Thread.sleep(1);
            }
        }
    }

    private void awaitState(char wanted) throws Exception {
        while (state(jvm.pid) != wanted) {
            Thread.sleep(1);
        }
    }

    private void awaitAllStopped() throws Exception {
        for (String tid : threads()) {
            while (runs(tid)) {
                Thread.sleep(1);
            }
        }
    }

    /** One that ends meanwhile does not. */
    private boolean runs(String tid) {
        try {
            return state(Integer.parseInt(tid)) != 'T';
        } catch (IOException ended) {
            return false;
        }
    }

    private long pendingStops() throws IOException {
        long pending = 0;
        for (String tid : threads()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + jvm.pid + "/task/" + tid + "/status"))) {
                boolean signals = line.startsWith("SigPnd:") || line.startsWith("ShdPnd:");
                pending += signals ? Long.parseUnsignedLong(line.substring(7).strip(), 16) >> Linux.SIGSTOP - 1 & 1 : 0;
            }
        }
        return pending;
    }

    private long[] values() {
        long[] values = new long[CounterMain.COUNTERS];
        for (int i = 0; i < values.length; i++) {
            values[i] = counters.getLong(i * 8);
        }
        return values;
    }

    private String[] threads() {
        return Path.of("/proc", Integer.toString(jvm.pid), "task").toFile().list();
    }

    private char state(int tid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + jvm.pid + "/task/" + tid + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private int tracedThreads() throws IOException {
        int traced = 0;
        for (String tid : threads()) {
            try {
                traced += state(Integer.parseInt(tid)) == 't' ? 1 : 0;
            } catch (IOException ended) {
                continue;
            }
        }
        return traced;
    }
}

package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.capsule.Capsule;
import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.process.ProcessStat;
import io.homeport.process.ProcessStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real dumps and restores of real JVMs. What they show besides: socket pairs owned at both ends by the process travel with
 * their queued bytes, SOCK_STREAM and SOCK_SEQPACKET alike, and a thread blocked in recv on either goes on waiting.
 */
class CriuSystemTest extends CriuScene {
    /** More of them by -Dhomeport.system.hops=N. */
    private static final int HOPS = Integer.getInteger("homeport.system.hops", 4);

    private static final int DUMPS = Integer.getInteger("homeport.system.dumps", 20);
    /** A dump takes some 100 ms. */
    private static final int KILLED_WITHIN_MS = 110;

    /** One ms later each time. */
    private static final int KILLED_WAITING = 10;

    private static final int KILLED_COPIES = 10;
    private static final int BUSY = 8;

    private static final int SIGKILL = 9;

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldGoOnInANewCapsuleAfterOneInACapsule(Path java) throws Exception {
        jvm = TestJvm.inCapsule(java, directory);
        move();
        assertGoesOn();
        drain();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldGoOnInANewCapsuleAfterAPlainStartWhileItsPidIsTaken(Path java) throws Exception {
        jvm = TestJvm.plain(java, directory);
        stop(jvm.pid());
        criu.dump(new DumpRequest(jvm.pid(), images(1)));
        // The source lives on, stopped: all its ids are taken here.
        copy = criu.restore(new RestoreRequest(images(1), TestJvm.CAPSULE), luggage(jvm.pid(), 1));
        assertThat(copy.pid()).isNotEqualTo(jvm.pid());
        assertThat(copy.innermostPid()).isEqualTo(jvm.pid());
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
        drain();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldMoveAgainAndAgain(Path java) throws Exception {
        jvm = TestJvm.inCapsule(java, directory);
        move();
        for (int hop = 2; hop <= HOPS; hop++) {
            assertGoesOn();
            Restored last = copy;
            stop(last.pid());
            criu.dump(new DumpRequest(last.pid(), images(hop)));
            copy = criu.restore(new RestoreRequest(images(hop), TestJvm.CAPSULE), luggage(last.pid(), hop));
            assertThat(new Capsule(last.initPid()).kill()).isTrue();
            Posix.kill(copy.pid(), SIGCONT);
        }
        assertGoesOn();
        drain();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldFindItsPrivateFilesWhereItArrives(Path java) throws Exception {
        jvm = TestJvm.inCapsule(java, directory);
        int innermostPid = ProcessStatus.read(jvm.pid()).innermostPid();
        Path hsperfdata = Path.of("/tmp/hsperfdata_root/" + innermostPid);
        stop(jvm.pid());
        criu.dump(new DumpRequest(jvm.pid(), images(1)));
        // As another HotSpot on this node would, when it starts.
        Files.deleteIfExists(hsperfdata);
        Map<Path, Path> own = luggage(jvm.pid(), 1);
        assertThat(own).containsOnlyKeys(hsperfdata.getParent());
        jvm.kill();
        copy = criu.restore(new RestoreRequest(images(1), TestJvm.CAPSULE), own);
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
        assertThat(hsperfdata).as("is the capsule's alone").doesNotExist();
        assertThat(Path.of("/proc/" + copy.pid() + "/root" + hsperfdata)).hasSize(32768);
        drain();
    }

    @Test
    void shouldDumpWhatIsStoppedAndKeepItStopped() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
        assertThatThrownBy(() -> criu.dump(new DumpRequest(jvm.pid(), images(1))))
                .isInstanceOf(CriuException.class)
                .hasMessageContaining("process " + jvm.pid() + ": it is not stopped");
        stop(jvm.pid());
        DumpResult dumped = criu.dump(new DumpRequest(jvm.pid(), images(1)));
        assertThat(ProcessStat.allStopped(jvm.pid())).isTrue();
        assertThat(dumped.pagesBytes()).isGreaterThan(1 << 20);
        assertThat(dumped.imageBytes()).isGreaterThan(dumped.pagesBytes());
        assertThat(dumped.frozenTimeUs()).isGreaterThan(0);
        copy = criu.restore(new RestoreRequest(images(1), TestJvm.CAPSULE), luggage(jvm.pid(), 1));
        assertThat(ProcessStat.allStopped(copy.pid())).isTrue();
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
    }

    @Test
    void shouldLeaveTheProcessAsItWasWhenThereIsNoRoom() throws Exception {
        Files.createDirectory(images(1));
        mounts("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", images(1).toString());
        try {
            jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
            stop(jvm.pid());
            assertThatThrownBy(() -> criu.dump(new DumpRequest(jvm.pid(), images(1))))
                    .isInstanceOf(CriuException.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("it lives, stopped; log: " + images(1).resolve("dump.log"));
            Posix.kill(jvm.pid(), SIGCONT);
            assertGoesOn();
            drain();
        } finally {
            jvm.close();
            mounts("umount", images(1).toString());
        }
    }

    /** At any moment: also while CRIU's code runs in the process, or a thread of it has just trapped. More by -Dhomeport.system.dumps=N. */
    @Test
    void shouldLeaveAStoppedProcessAsItWasWhenItsDumpIsKilled() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
        Random random = new Random(1);
        int killed = 0;
        while (killed < DUMPS) {
            stop(jvm.pid());
            Path images = images(2 + killed);
            try {
                criu.dump(new DumpRequest(jvm.pid(), images, Duration.ofMillis(1 + random.nextInt(KILLED_WITHIN_MS)), null));
            } catch (CriuException e) {
                assertThat(e).as("killed %d", killed).hasMessageContaining("killed after ").hasMessageContaining("it lives, stopped");
                TestJvm.await("stopped", () -> ProcessStat.allStopped(jvm.pid()));
                killed++;
            }
            Posix.kill(jvm.pid(), SIGCONT);
            assertGoesOn();
            deleteTree(images);
        }
        moveBySupplement(criu);
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
        drain();
    }

    /** Its code waits in the leader for a word, has changed what memory may be used for, and may be all that the leader ever runs. */
    @Test
    void shouldLeaveNothingRunningOfAKilledCriu() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
        int killed = 0;
        for (int round = 0; round < KILLED_WAITING; round++) {
            stop(jvm.pid());
            List<OpenFile> open = FdTable.read(jvm.pid());
            List<String> memory = memory();
            Path images = images(2 + round);
            CompletableFuture<Exception> dump = CompletableFuture.supplyAsync(() -> failure(new DumpRequest(jvm.pid(), images)));
            List<Integer> others = killWhileItsCodeWaits(dump, open, round);

            Exception failure = dump.get(60, TimeUnit.SECONDS);
            others.forEach(Posix::close);
            if (failure != null) {
                assertThat(failure).hasMessageContaining("it lives, stopped; log");
                killed++;
            }
            assertThat(ProcessStat.allStopped(jvm.pid())).isTrue();
            assertThat(FdTable.read(jvm.pid())).as("round %d", round).isEqualTo(open);
            assertThat(memory()).as("round %d", round).containsAll(memory);
            Posix.kill(jvm.pid(), SIGCONT);
            assertGoesOn();
            deleteTree(images);
        }
        assertThat(killed).isPositive();
        moveBySupplement(criu);
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
        drain();
    }

    /** Addresses and what may be done there. */
    private List<String> memory() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + jvm.pid() + "/maps")).stream().map(line -> line.substring(0, line.indexOf(' ') + 5)).toList();
    }

    private Exception failure(DumpRequest request) {
        try {
            criu.dump(request);
            return null;
        } catch (CriuException e) {
            return e;
        }
    }

    /** @return duplicates of CRIU's ends of sockets: as long as they are open its code does not read an end; none if CRIU was done before */
    private List<Integer> killWhileItsCodeWaits(CompletableFuture<?> dump, List<OpenFile> open, int afterMs) throws Exception {
        while (!dump.isDone() && FdTable.read(jvm.pid()).stream().allMatch(file -> !file.isSocket() || open.contains(file))) {
            Thread.onSpinWait();
        }
        Thread.sleep(afterMs);
        List<Integer> others = new ArrayList<>();
        int killed = ProcessStatus.read(jvm.pid()).tracerPid();
        int pidfd = killed == 0 ? -1 : Posix.pidfdOpen(killed);
        if (pidfd >= 0) {
            Posix.kill(killed, SIGSTOP);
            for (OpenFile file : FdTable.read(killed)) {
                others.add(Posix.pidfdGetfd(pidfd, file.fd()));
            }
            Posix.kill(killed, SIGKILL);
            Posix.close(pidfd);
        }
        others.removeIf(fd -> fd < 0);
        return others;
    }

    /** CRIU waits 10 s, and gives up, for a thread that is let go by another tracer but has not stopped again when CRIU takes it. */
    @Test
    void shouldDumpAStoppedProcessOnABusyMachine() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
        List<Process> busy = new ArrayList<>();
        try {
            for (int i = 0; i < BUSY; i++) {
                busy.add(new ProcessBuilder("bash", "-c", "while :; do :; done").start());
            }
            for (int dump = 0; dump < DUMPS; dump++) {
                stop(jvm.pid());
                criu.dump(new DumpRequest(jvm.pid(), images(2 + dump)));
                Posix.kill(jvm.pid(), SIGCONT);
                assertGoesOn();
                deleteTree(images(2 + dump));
            }
        } finally {
            busy.forEach(Process::destroyForcibly);
        }
        drain();
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> all = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenARestoreFailsAndRestoreFromTheSameImagesThen() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
        stop(jvm.pid());
        criu.dump(new DumpRequest(jvm.pid(), images(1)));
        Path pages = images(1).resolve("pages-1.img");
        Path hidden = images(1).resolve("hidden");
        Files.move(pages, hidden);
        Set<Integer> before = capsules();
        RestoreRequest request = new RestoreRequest(images(1), TestJvm.CAPSULE);
        Map<Path, Path> own = luggage(jvm.pid(), 1);
        assertThatThrownBy(() -> criu.restore(request, own))
                .isInstanceOf(CriuException.class)
                .hasMessageContaining("homeport-pager: pages-1.img: No such file or directory")
                .hasMessageContaining("restore.log");
        assertThatThrownBy(() -> criu.restore(
                        new RestoreRequest(images(1), TestJvm.CAPSULE, Duration.ofMillis(25)), Map.of()))
                .isInstanceOf(CriuException.class);
        assertThat(capsules()).isEqualTo(before);
        Files.move(hidden, pages);
        copy = criu.restore(request, own);
        Posix.kill(copy.pid(), SIGCONT);
        assertGoesOn();
    }

    /** CRIU itself would wait for it for ever. */
    @Test
    void shouldFailWhenTheProcessIsKilledWhileItIsRestored() throws Exception {
        jvm = TestJvm.inCapsule(TestJvm.jdks().get(0), directory);
        stop(jvm.pid());
        criu.dump(new DumpRequest(jvm.pid(), images(1)));
        RestoreRequest request = new RestoreRequest(images(1), TestJvm.CAPSULE);
        Map<Path, Path> own = luggage(jvm.pid(), 1);
        int root = ProcessStatus.read(jvm.pid()).innermostPid();
        jvm.kill();
        Set<Integer> before = capsules();
        Random random = new Random(1);
        int failed = 0;
        while (failed < KILLED_COPIES) {
            CompletableFuture<Restored> restored = CompletableFuture.supplyAsync(() -> restore(request, own));
            TestJvm.await("the process in the making", () -> restored.isDone() || inTheMaking(root).isPresent());
            Thread.sleep(random.nextInt(KILLED_WITHIN_MS));
            inTheMaking(root).ifPresent(pid -> Posix.kill(pid, SIGKILL));
            try {
                copy = restored.get(1, TimeUnit.MINUTES);
                new Capsule(copy.initPid()).kill();
            } catch (ExecutionException e) {
                assertThat(e).hasRootCauseInstanceOf(CriuException.class);
                failed++;
            }
            TestJvm.await("no capsule", () -> capsules().equals(before));
        }
    }

    /** Made ahead, for a service that stays where it is; and by a daemon that has died since, whose end of the pipe is closed then. */
    @Test
    void shouldLeaveNothingOfACapsuleThatNobodyWants() throws Exception {
        Set<Integer> before = capsules();
        try (Restore unwanted = criu.prepare(new RestoreRequest(images(1), TestJvm.CAPSULE))) {
            TestJvm.await("a capsule", () -> capsules().size() == before.size() + 2);
        }
        TestJvm.await("no capsule", () -> capsules().equals(before));
        Process front = new ProcessBuilder(TestJvm.CAPSULE.toString(), "restore", images(1).toString()).start();
        TestJvm.await("a capsule", () -> capsules().size() == before.size() + 2);
        front.getOutputStream().close();
        assertThat(front.waitFor()).isZero();
        TestJvm.await("no capsule", () -> capsules().equals(before));
    }

    private Restored restore(RestoreRequest request, Map<Path, Path> own) {
        try {
            return criu.restore(request, own);
        } catch (CriuException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The process below this one that has a number in a capsule, if it lives. */
    private static Optional<Integer> inTheMaking(int innermostPid) {
        return ProcessHandle.current().descendants().map(process -> (int) process.pid()).filter(pid -> isInner(pid, innermostPid)).findFirst();
    }

    private static boolean isInner(int pid, int innermostPid) {
        try {
            ProcessStatus status = ProcessStatus.read(pid);
            return status.inNestedPidNamespace() && status.innermostPid() == innermostPid && status.state() != 'Z';
        } catch (IOException | RuntimeException gone) {
            return false;
        }
    }

    @Test
    void shouldKnowItsCpuAgain() throws Exception {
        criu.check();
        assertThat(criu.cpuProblem(criu.cpuInfo())).isEmpty();
    }

    private void move() throws Exception {
        stop(jvm.pid());
        criu.dump(new DumpRequest(jvm.pid(), images(1)));
        Map<Path, Path> own = luggage(jvm.pid(), 1);
        jvm.kill();
        copy = criu.restore(new RestoreRequest(images(1), TestJvm.CAPSULE), own);
        assertThat(ProcessStatus.read(copy.pid()).state()).isEqualTo('T');
        Posix.kill(copy.pid(), SIGCONT);
    }

    private static void mounts(String... words) throws Exception {
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
    }

    /** The inits of capsules that run, of any test's. */
    private static Set<Integer> capsules() {
        Set<Integer> inits = new TreeSet<>();
        ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").equals(TestJvm.CAPSULE.toString()))
                .forEach(process -> inits.add((int) process.pid()));
        return inits;
    }
}

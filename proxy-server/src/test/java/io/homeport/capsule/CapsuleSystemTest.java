package io.homeport.capsule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.homeport.config.Installation;
import io.homeport.process.ProcessStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Capsules around small commands. */
@Timeout(60)
class CapsuleSystemTest {
    private static final Path BINARY = Installation.find().capsule();

    @TempDir
    Path directory;

    @BeforeEach
    void assumeRoot() {
        String lacking = !"root".equals(System.getProperty("user.name")) ? "needs root" : Files.isExecutable(BINARY) ? null : BINARY + " is not built";
        if (lacking != null && "true".equals(System.getenv("CI"))) {
            fail("with CI=true this must run, but " + lacking);
        }
        Assumptions.assumeTrue(lacking == null, lacking);
    }

    @Test
    void shouldEndWithTheCommandsStatus() throws Exception {
        assertThat(run("exit 7").waitFor()).isEqualTo(7);
        assertThat(run("kill -9 $$").waitFor()).isEqualTo(128 + 9);
        assertThat(start(List.of("/nonexistent")).waitFor()).isEqualTo(125);
        assertThat(output()).contains("cannot start /nonexistent: No such file or directory");
    }

    @Test
    void shouldPassSignalsOn() throws Exception {
        Process front = run("trap 'echo heard; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await(() -> output().contains("ready"));
        front.destroy();
        assertThat(front.waitFor()).isEqualTo(3);
        assertThat(output()).isEqualTo("ready\nheard\n");
    }

    @Test
    void shouldHaveItsOwnProcWorkingDirectoryStreamsAndSession() throws Exception {
        // Written by two descriptors of one file: neither overwrites the other.
        run("pwd; ls -d /proc/[0-9]* | wc -l; echo error >&2; ps -o sid= -p $$ | tr -d ' '; echo $$; ls /proc/$$/fd | tr '\\n' ' '").waitFor();
        String[] lines = output().split("\n");
        assertThat(lines[0]).isEqualTo(directory.toRealPath().toString());
        assertThat(Integer.parseInt(lines[1])).as("init, sh, ls, wc").isLessThanOrEqualTo(4);
        assertThat(lines[2]).isEqualTo("error");
        assertThat(lines[3]).as("leads its session").isEqualTo(lines[4]);
        assertThat(Integer.parseInt(lines[4])).isBetween(1001, 31000);
        assertThat(lines[5].trim()).isEqualTo("0 1 2");
    }

    @Test
    void shouldOutliveItsFrontAndReapOrphans() throws Exception {
        Process front = run("(sleep 0.2 &) ; sleep 0.4; echo $$ >still; sleep 100");
        Capsule capsule = capsule(front);
        int service = capsule.children().get(0);
        front.destroyForcibly().waitFor();
        await(() -> Files.exists(directory.resolve("still")));
        assertThat(capsule.alive()).isTrue();
        assertThat(Capsule.of(service)).contains(capsule);
        assertThat(capsule.child(ProcessStatus.read(service).innermostPid())).hasValue(service);
        await(() -> capsule.children().equals(List.of(service)));
        assertThat(capsule.kill()).isTrue();
        assertThat(ProcessHandle.of(service).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(capsule.kill()).as("again").isTrue();
    }

    @Test
    void shouldEndWithItsServiceWhateverElseRuns() throws Exception {
        Process front = run("sleep 100 & echo started; exit 0");
        assertThat(front.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(front.exitValue()).isZero();
    }

    @Test
    void shouldTellWhereAProcessLives() throws Exception {
        assertThat(Capsule.of((int) ProcessHandle.current().pid())).isEmpty();
        assertThat(Capsule.enterWords((int) ProcessHandle.current().pid())).isEmpty();
        Process front = run("sleep 100");
        Capsule capsule = capsule(front);
        int service = capsule.children().get(0);
        assertThat(Capsule.enterWords(service))
                .containsExactly("nsenter", "--target", "" + capsule.initPid(), "--mount", "--pid", "--");
        assertThat(capsule.kill()).isTrue();
    }

    private Process run(String script) throws Exception {
        return start(List.of("sh", "-c", script));
    }

    private Process start(List<String> command) throws Exception {
        return new ProcessBuilder(Capsule.runWords(BINARY, command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private Capsule capsule(Process front) throws Exception {
        await(() -> front.children().findFirst().isPresent());
        Capsule capsule = new Capsule((int) front.children().findFirst().orElseThrow().pid());
        await(() -> !capsule.children().isEmpty());
        return capsule;
    }

    private String output() throws Exception {
        return Files.readString(directory.resolve("output"));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            Thread.sleep(5);
        }
    }
}

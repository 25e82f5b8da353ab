package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CommandRunTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void shouldTellStatusAndOutput() throws Exception {
        CommandRun run = CommandRun.run(List.of("bash", "-c", "echo said; exit 3"), LONG);
        assertThat(run).isEqualTo(new CommandRun(3, "said\n", run.killed()));
        assertThat(run.killed()).isEmpty();
    }

    @Test
    void shouldKillWhatTakesTooLong() throws Exception {
        CommandRun run = CommandRun.run(List.of("sleep", "600"), Duration.ofMillis(1));
        assertThat(run.succeeded()).isFalse();
        assertThat(run.killed()).hasValueSatisfying(why -> assertThat(why).contains("after 1 ms"));
    }

    /** As CRIU, whose restored process is killed at the end: sleep never waits for a child. */
    @Test
    @Timeout(60)
    void shouldNotWaitForACommandThatDoesNotNoticeItsChildsDeath() throws Exception {
        CommandRun run = CommandRun.run(List.of("bash", "-c", "sleep 0.3 & exec sleep 600"), LONG);
        assertThat(run.killed()).hasValueSatisfying(why -> assertThat(why).contains("had died and it did not notice"));
    }

    @Test
    @Timeout(60)
    void shouldWaitForItsWord() throws Exception {
        try (Command command = Command.begin(List.of("bash", "-c", "read -r word; echo \"$word\""))) {
            assertThat(command.end("go\n", LONG)).isEqualTo(new CommandRun(0, "go\n", Optional.empty()));
        }
    }

    @Test
    @Timeout(60)
    void shouldEndWithItsChildrenWhenNobodyWantsItAnyMore() throws Exception {
        List<ProcessHandle> begun;
        try (Command command = Command.begin(List.of("bash", "-c", "sleep 600 & sleep 600"))) {
            while (ProcessHandle.current().descendants().filter(CommandRunTest::sleeps).count() < 2) {
                Thread.onSpinWait();
            }
            begun = ProcessHandle.current().descendants().filter(CommandRunTest::sleeps).toList();
        }
        for (ProcessHandle sleeper : begun) {
            sleeper.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    private static boolean sleeps(ProcessHandle process) {
        return process.info().command().filter(path -> path.endsWith("/sleep")).isPresent();
    }
}

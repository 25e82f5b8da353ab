package io.homeport.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessEndTest {
    private static final int TRACES = 20;

    private int pid;

    /** Not a child of this JVM, as a service is none of its daemon. */
    @BeforeEach
    void startAProcess() throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", "sleep 1000 >/dev/null & echo $!").start();
        pid = Integer.parseInt(new String(shell.getInputStream().readAllBytes()).strip());
        shell.waitFor();
    }

    @AfterEach
    void endIt() {
        Posix.kill(pid, Linux.SIGKILL);
    }

    @Test
    void shouldTellTheEndOfAProcess() throws Exception {
        CompletableFuture<Void> ended = ProcessEnd.of(pid);
        assertThat(ended).isNotDone();
        Posix.kill(pid, Linux.SIGKILL);
        ended.get(1, TimeUnit.MINUTES);
        assertThat(ProcessStat.birth(pid)).isEmpty();
    }

    @Test
    void shouldNotTakeAStopUnderTraceForTheEnd() throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        for (int i = 0; i < TRACES; i++) {
            Posix.check(Posix.freeze(pid, 0), "freezing");
            if (i == 0) {
                ended = ProcessEnd.of(pid);
            }
            Thread.sleep(20);
            Posix.thaw(pid);
        }
        assertThat(ended).isNotDone();
        Posix.kill(pid, Linux.SIGKILL);
        ended.get(1, TimeUnit.MINUTES);
    }

    @Test
    void shouldSayThatThereIsNoSuchProcess() {
        assertThatThrownBy(() -> ProcessEnd.of(Integer.MAX_VALUE))
                .isInstanceOf(PosixException.class)
                .hasMessageContaining("watching process " + Integer.MAX_VALUE + ": ESRCH");
    }
}

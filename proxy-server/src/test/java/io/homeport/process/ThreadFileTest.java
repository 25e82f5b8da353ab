package io.homeport.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ThreadFileTest {
    private static final int ENDED = 300;

    /** Also one that ends between open(2) and read(2), of which the kernel says ESRCH instead of ENOENT. */
    @Test
    void shouldSayOfAProcessThatHasEndedThatItIsNotThere() throws Exception {
        Process restless = new ProcessBuilder("bash", "-c", "while :; do /bin/true & /bin/true & wait; done").start();
        int read = 0;
        try {
            for (int ended = 0; ended < ENDED; ) {
                try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
                    for (Path process : processes) {
                        try {
                            assertThat(ThreadFile.readLiving(process.resolve("stat"))).startsWith(process.getFileName().toString());
                            read++;
                        } catch (NoSuchFileException e) {
                            ended++;
                        }
                    }
                }
            }
        } finally {
            restless.destroyForcibly().waitFor();
        }
        assertThat(read).isPositive();
    }

    /** One that another thread than the leader has started, as Java's are, and that has ended before it is told of. */
    @Test
    void shouldListTheChildrenOfEveryThread() throws Exception {
        int self = (int) ProcessHandle.current().pid();
        assertThat(Files.readSymbolicLink(Path.of("/proc/thread-self"))).as("the leader only waits in a JVM").isNotEqualTo(Path.of(self + "/task/" + self));
        Process one = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(ThreadFile.children(self)).contains((int) one.pid());
        } finally {
            one.destroyForcibly().waitFor();
        }
        assertThat(ThreadFile.children(self)).doesNotContain((int) one.pid());
        assertThat(ThreadFile.children((int) one.pid())).isEmpty();
    }
}

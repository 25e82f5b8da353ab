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
}

package io.homeport.criu;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Posix;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a process is stopped before CRIU takes it. */
class StopSystemTest extends CriuScene {
    /** A mere SIGSTOP leaves a fault in a queue in 1 of some 150. */
    private static final int ROUNDS = 500;

    private static final String QUEUE = "SigPnd:";
    private static final String EMPTY = "0000000000000000";

    /** Java threads come to a safepoint by a fault, SIGSEGV. */
    @ParameterizedTest
    @MethodSource("jdks")
    void shouldLeaveNoFaultInAThreadsQueue(Path java) throws Exception {
        jvm = TestJvm.stormInCapsule(java, directory, List.of("-XX:+UseSerialGC"));
        assertGoesOn();
        List<String> pending = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            stop(jvm.pid());
            pending.addAll(pending());
            Posix.kill(jvm.pid(), SIGCONT);
            TimeUnit.MILLISECONDS.sleep(3 + round % 7);
        }
        assertThat(pending).isEmpty();
        assertGoesOn();
    }

    private List<String> pending() throws Exception {
        List<String> pending = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + jvm.pid() + "/task"))) {
            for (Path thread : threads) {
                Files.readAllLines(thread.resolve("status")).stream()
                        .filter(line -> line.startsWith(QUEUE) && !line.endsWith(EMPTY))
                        .forEach(pending::add);
            }
        }
        return pending;
    }
}

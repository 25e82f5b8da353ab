package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.faults.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Arms the fault points of the lab's daemons. The test's thread. */
final class FaultBoard {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Harbour harbour;
    private final List<String> nodes;

    FaultBoard(Harbour harbour, String... nodes) throws IOException {
        this.harbour = harbour;
        this.nodes = List.of(nodes);
        for (String node : nodes) {
            Files.createDirectories(directory(node));
        }
    }

    /** What shall happen when a node comes to a point the next time; {@code fail}, {@code delay MS}, {@code kill} or {@code wait}. */
    void arm(String node, FaultPoint point, String action) throws IOException {
        Path file = directory(node).resolve(point.name());
        Path aside = Files.writeString(file.resolveSibling("new"), action);
        Files.move(aside, file);
    }

    /** Waits until a node waits at a point. */
    void awaitReached(String node, FaultPoint point) {
        await(point + " at " + node).atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> Files.exists(reached(node, point)));
    }

    /** Lets it go on. */
    void release(String node, FaultPoint point) throws IOException {
        Files.delete(reached(node, point));
    }

    /** Every fault that was armed must have happened. */
    void assertNoneIsLeft() throws IOException {
        for (String node : nodes) {
            assertThat(directory(node)).as("faults that did not happen").isEmptyDirectory();
        }
    }

    /** After a test that has failed. */
    void disarm() throws IOException {
        for (String node : nodes) {
            try (Stream<Path> files = Files.list(directory(node))) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Path reached(String node, FaultPoint point) {
        return directory(node).resolve(point + ".reached");
    }

    private Path directory(String node) {
        return harbour.node(node).faults();
    }
}

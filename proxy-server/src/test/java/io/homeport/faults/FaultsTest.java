package io.homeport.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.config.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsTest {
    @TempDir
    Path directory;

    @Test
    void shouldDoNothingInADaemonThatIsNoTests() throws IOException {
        assertThat(Faults.in(Optional.empty())).isSameAs(Faults.NONE);
        Faults.NONE.reach(FaultPoint.FROZEN);
    }

    @Test
    void shouldFailOnceAtThePointThatIsNamed() throws IOException {
        Faults faults = Faults.in(Optional.of(directory));
        Files.writeString(directory.resolve("FROZEN"), "fail\n");

        faults.reach(FaultPoint.DUMP_BEFORE);
        assertThatThrownBy(() -> faults.reach(FaultPoint.FROZEN)).isInstanceOf(IOException.class).hasMessageContaining("FROZEN");
        faults.reach(FaultPoint.FROZEN);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldWaitUntilItIsLetGo() throws Exception {
        Faults faults = Faults.in(Optional.of(directory));
        Files.writeString(directory.resolve("THAWED"), "wait");

        CompletableFuture<Void> step = CompletableFuture.runAsync(() -> {
            try {
                faults.reach(FaultPoint.THAWED);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Path reached = directory.resolve("THAWED.reached");
        await().until(() -> Files.exists(reached));
        assertThat(step).isNotDone();

        Files.delete(reached);
        step.get();
    }

    @Test
    void shouldNumberEveryPointOnceAndInOrder() {
        List<Integer> numbers = Arrays.stream(FaultPoint.values()).map(FaultPoint::number).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }

    /** docs/migration.md has a row for each. */
    @Test
    void shouldBeDescribed() throws IOException {
        String text = Files.readString(Installation.find().root().resolve("docs/migration.md"));
        for (FaultPoint point : FaultPoint.values()) {
            assertThat(text).contains("| " + point.number() + " `" + point + "` |");
        }
    }
}

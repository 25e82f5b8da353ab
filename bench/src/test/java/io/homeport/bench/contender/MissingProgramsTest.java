package io.homeport.bench.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingProgramsTest {
    @TempDir
    Path directory;

    @Test
    void shouldNameWhatToInstall() {
        MissingPrograms missing = MissingPrograms.of(List.of(Contender.values()), "/nowhere:" + directory);
        assertThat(missing.contenders())
                .containsExactly(Contender.HAPROXY1, Contender.HAPROXY2, Contender.SOCAT, Contender.STUNNEL);
        assertThat(missing.note())
                .contains("left out, not installed: haproxy1, haproxy2, socat, stunnel (apt-get install haproxy socat stunnel4)");
    }

    @Test
    void shouldFindWhatIsInstalled() throws IOException {
        Path program = Files.createFile(directory.resolve("haproxy"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        MissingPrograms missing = MissingPrograms.of(List.of(Contender.DIRECT, Contender.HAPROXY2), "/nowhere:" + directory);
        assertThat(missing.contenders()).isEmpty();
        assertThat(missing.note()).isEmpty();
    }

    @Test
    void shouldKnowContendersByTheirNames() {
        for (Contender contender : Contender.values()) {
            assertThat(Contender.parse(contender.toString())).isEqualTo(contender);
        }
        assertThatThrownBy(() -> Contender.parse("nginx")).hasMessageContaining("no contender 'nginx'; there are [direct, bare, unmoved");
    }

    @Test
    void shouldLeaveDesignsOutUnlessNamed() {
        assertThat(Contender.usual())
                .contains(Contender.NETTY, Contender.HOMEPORT)
                .doesNotContain(Contender.NETTY_SPIN, Contender.AGRONA, Contender.AGRONA_WAIT);
    }

    @Test
    void shouldReadProcessorTimeOfAnyName() {
        String stat = "42 (a) b) S 1 42 42 0 -1 4194560 5 6 7 8 100 20 3 4 20 0 1 0 555 0 0";
        assertThat(CpuClock.ticks(stat)).isEqualTo(127);
    }

    @Test
    void shouldSeeItsOwnProcessorTime() {
        assertThat(CpuClock.seconds(List.of(ProcessHandle.current().pid()))).isPositive();
        assertThat(CpuClock.seconds(List.of())).isZero();
    }
}

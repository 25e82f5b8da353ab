package io.homeport.bench.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatiosTest {
    private final Ratios kept = parse("homeport ping P50 2.000", "homeport up SPEED 0.800");

    @Test
    void shouldReadWhatItWrites() {
        assertThat(Ratios.parse(kept.text("on a machine").lines().toList())).isEqualTo(kept);
        assertThat(kept.text("on a machine")).isEqualTo("""
                # on a machine
                against haproxy2
                homeport ping P50 2.000
                homeport up SPEED 0.800
                """);
    }

    @Test
    void shouldTakeWhatIsWithinTheTolerance() {
        assertThat(kept.worse(parse("homeport ping P50 2.9", "homeport up SPEED 0.6"), 0.5)).isEmpty();
        assertThat(kept.worse(parse("homeport ping P50 0.1", "homeport up SPEED 9"), 0.5)).as("better").isEmpty();
    }

    @Test
    void shouldComplainOfLongerWaitsAndOfFewerBytes() {
        assertThat(kept.worse(parse("homeport ping P50 3.1", "homeport up SPEED 0.5"), 0.5))
                .containsExactly(
                        "homeport, ping, p50 us: 3.10 x haproxy2, was 2.00 x: worse by 55 %",
                        "homeport, up, MB/s: 0.500 x haproxy2, was 0.800 x: worse by 60 %");
    }

    @Test
    void shouldNotHoldAgainstARunWhatItDidNotMeasure() {
        assertThat(kept.worse(parse("homeport ping P50 2"), 0.1)).isEmpty();
        assertThatThrownBy(() -> kept.worse(parse("homeport down SPEED 1"), 0.1)).hasMessageContaining("nothing that was kept");
        Ratios other = Ratios.parse(List.of("against direct", "homeport ping P50 2"));
        assertThatThrownBy(() -> kept.worse(other, 0.1)).hasMessageContaining("against haproxy2, this run's against direct");
    }

    @Test
    void shouldSayWhichLineIsWrong() {
        assertThatThrownBy(() -> parse("homeport ping P50")).hasMessageContaining("'homeport ping P50': neither");
        assertThatThrownBy(() -> parse("homeport ping P51 1")).hasMessageContaining("'homeport ping P51 1'");
        assertThatThrownBy(() -> Ratios.parse(List.of("homeport ping P50 1"))).hasMessageContaining("no line 'against CONTENDER'");
    }

    @Test
    void shouldNameTheFileThatItCannotUse(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("ratios.txt"), "against nobody\n");
        assertThatThrownBy(() -> Ratios.read(file)).hasMessageContaining("ratios.txt: 'against nobody': no contender 'nobody'");
        assertThatThrownBy(() -> Ratios.read(directory.resolve("none"))).hasMessageContaining("cannot read kept ratios").hasMessageContaining("none");
    }

    private static Ratios parse(String... lines) {
        return Ratios.parse(Stream.concat(Stream.of("against haproxy2"), Arrays.stream(lines)).toList());
    }
}

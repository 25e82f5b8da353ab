package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code homeport bench relay} as a user starts it, for a moment, with what needs nothing installed. */
class RelaySystemTest {
    @TempDir
    Path plots;

    @BeforeEach
    void lookWhetherALabCanBeHere() {
        BenchRun.requireLab();
    }

    @Test
    void shouldDoEachKindOfWorkThroughEachContender() throws Exception {
        List<String> contenders = List.of("direct", "netty", "homeport");
        String said = BenchRun.of(List.of(
                "relay", "--contenders", String.join(",", contenders), "--work", "paced,down,requests", "--rounds", "1", "--seconds", "0.2",
                "--svg", plots.toString(), "--json"));
        JsonNode all = new ObjectMapper().readTree(said);
        assertThat(all.get("against").asText()).isEqualTo("direct");
        for (String contender : contenders) {
            assertThat(all.at("/paced/" + contender + "/p50 us/median").asDouble()).as(contender).isPositive();
            assertThat(all.at("/down/" + contender + "/MB~1s/median").asDouble()).as(contender).isPositive();
            assertThat(all.at("/requests/" + contender + "/answers~1s/median").asDouble()).as(contender).isPositive();
        }
        assertThat(plots.resolve("relay-paced.svg")).content().contains("homeport", "netty");
    }
}

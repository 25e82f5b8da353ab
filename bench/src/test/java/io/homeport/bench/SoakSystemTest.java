package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code homeport bench soak} as a user starts it, for a few moves. */
class SoakSystemTest {
    @BeforeEach
    void lookWhetherALabCanBeHere() {
        BenchRun.requireLab();
    }

    @Test
    void shouldMoveUnderFaultsAndAccountForEveryByte() throws Exception {
        List<String> said = BenchRun.of(List.of(
                "soak", "--moves", "6", "--seed", "1", "--services", "2",
                "--faults", "NONE,LINK_CUT,SWALLOW,CRIU_DUMP_KILLED,CLI_KILLED", "--json")).lines().toList();
        JsonNode all = new ObjectMapper().readTree(said.get(said.size() - 1)).get("all");
        assertThat(all.get("tried").asInt()).isEqualTo(6);
        assertThat(all.get("survived").asInt()).isEqualTo(6);
        assertThat(said.get(0)).startsWith("fault").contains("lost bytes", "doubled bytes", "two copies");
    }
}

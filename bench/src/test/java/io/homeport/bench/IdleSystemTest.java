package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code homeport bench idle} as a user starts it, with few connections. */
class IdleSystemTest {
    @BeforeEach
    void lookWhetherALabCanBeHere() {
        BenchRun.requireLab();
    }

    @Test
    void shouldTellWhatIdleConnectionsTake() throws Exception {
        String said = BenchRun.of(List.of("idle", "--connections", "20,420", "--rounds", "1", "--json"));
        JsonNode all = new ObjectMapper().readTree(said);
        assertThat(all.at("/kilobytesEach/live Java objects/median").asDouble()).isPositive();
        assertThat(all.at("/kilobytesEach/kernel/median").asDouble()).isPositive();
        assertThat(all.get("kilobytesEach")).hasSize(8);
        assertThat(all.get("grownBytes")).hasSize(2);
    }
}

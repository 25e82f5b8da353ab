package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code homeport bench tomcat} as a user starts it, for a second, with what needs nothing but wrk installed. */
class TomcatSystemTest {
    @BeforeEach
    void lookWhetherALabAndWrkCanBeHere() {
        BenchRun.requireLab();
        BenchRun.requireProgram("wrk");
    }

    @Test
    void shouldLoadTomcatBeforeAndAfterAMove() throws Exception {
        String said = BenchRun.of(List.of(
                "tomcat", "--contenders", "bare,unmoved,homeport", "--rounds", "1", "--seconds", "1", "--warm-up", "1", "--json"));
        JsonNode all = new ObjectMapper().readTree(said);
        for (String contender : List.of("bare", "unmoved", "homeport")) {
            assertThat(all.at("/" + contender + "/peer").asText()).as(contender).isEqualTo("bare");
            for (String figure : List.of("requests~1s", "p50 us", "p99 us")) {
                assertThat(all.at("/" + contender + "/" + figure + "/median").asDouble()).as(contender + ", " + figure).isPositive();
                assertThat(all.at("/" + contender + "/" + figure + "/ratio/median").asDouble()).as(contender + ", " + figure).isPositive();
            }
        }
    }
}

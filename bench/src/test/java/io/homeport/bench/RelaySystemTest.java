package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.config.Installation;
import io.homeport.lab.Lab;
import io.homeport.lab.LabException;
import io.homeport.lab.LabPlan;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code homeport bench relay} as a user starts it, for a moment, with what needs nothing installed. */
class RelaySystemTest {
    @TempDir
    Path plots;

    @BeforeEach
    void lookWhetherALabCanBeHere() {
        try {
            Lab.up(LabPlan.of("alpha").withName("probe-" + ProcessHandle.current().pid()).withoutDaemons()).close();
        } catch (LabException lacking) {
            if (lacking.kind() != LabException.Kind.LACKING || "true".equals(System.getenv("CI"))) {
                throw lacking;
            }
            Assumptions.abort("cannot run here: " + lacking.getMessage());
        }
    }

    @Test
    void shouldDoEachKindOfWorkThroughEachContender() throws Exception {
        List<String> contenders = List.of("direct", "netty", "homeport");
        ProcessBuilder relay = new ProcessBuilder(
                Installation.find().launcher().toString(), "bench", "relay", "--contenders", String.join(",", contenders),
                "--work", "paced,down,requests", "--rounds", "1", "--seconds", "0.2", "--svg", plots.toString(), "--json");
        relay.environment().put("HOMEPORT_NO_BUILD", "1");
        Process process = relay.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
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

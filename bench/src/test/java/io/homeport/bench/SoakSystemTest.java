package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.config.Installation;
import io.homeport.lab.Lab;
import io.homeport.lab.LabException;
import io.homeport.lab.LabPlan;
import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code homeport bench soak} as a user starts it, for a few moves. */
class SoakSystemTest {
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
    void shouldMoveUnderFaultsAndAccountForEveryByte() throws Exception {
        String launcher = Installation.find().launcher().toString();
        ProcessBuilder soak = new ProcessBuilder(
                launcher, "bench", "soak", "--moves", "6", "--seed", "1", "--services", "2",
                "--faults", "NONE,LINK_CUT,SWALLOW,CRIU_DUMP_KILLED,CLI_KILLED", "--json");
        soak.environment().put("HOMEPORT_NO_BUILD", "1");
        Process process = soak.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> said = new String(process.getInputStream().readAllBytes()).lines().toList();
        assertThat(process.waitFor()).as(String.join("\n", said)).isZero();
        JsonNode all = new ObjectMapper().readTree(said.get(said.size() - 1)).get("all");
        assertThat(all.get("tried").asInt()).isEqualTo(6);
        assertThat(all.get("survived").asInt()).isEqualTo(6);
        assertThat(said.get(0)).startsWith("fault").contains("lost bytes", "doubled bytes", "two copies");
    }
}

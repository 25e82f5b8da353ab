package io.homeport.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.bench.contender.MissingPrograms;
import io.homeport.config.Installation;
import io.homeport.lab.Lab;
import io.homeport.lab.LabException;
import io.homeport.lab.LabPlan;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** {@code homeport bench} as a user starts it, with a lab. The test's thread. */
final class BenchRun {
    private BenchRun() {}

    /** Where no lab can be, the test is skipped, or fails if {@code CI=true}. */
    static void requireLab() {
        try {
            Lab.up(LabPlan.of("alpha").withName("probe-" + ProcessHandle.current().pid()).withoutDaemons()).close();
        } catch (LabException lacking) {
            if (lacking.kind() != LabException.Kind.LACKING || "true".equals(System.getenv("CI"))) {
                throw lacking;
            }
            Assumptions.abort("cannot run here: " + lacking.getMessage());
        }
    }

    /** Where a program is not installed, the test is skipped, or fails if {@code CI=true}. */
    static void requireProgram(String name) {
        if (!MissingPrograms.installed(name, System.getenv("PATH"))) {
            assertThat(System.getenv("CI")).as(name + " is not installed (apt-get install " + name + ")").isNotEqualTo("true");
            Assumptions.abort("cannot run here: no " + name);
        }
    }

    /** Runs it to its end, which must be a good one. @return what it printed */
    static String of(List<String> words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Installation.find().launcher().toString(), "bench"));
        command.addAll(words);
        ProcessBuilder bench = new ProcessBuilder(command);
        bench.environment().put("HOMEPORT_NO_BUILD", "1");
        Process process = bench.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}

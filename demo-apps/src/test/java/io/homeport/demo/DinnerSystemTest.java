package io.homeport.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.demo.table.TlsKey;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dinner judged on real processes that are only stopped, never moved: it must praise the good and see through the bad. */
class DinnerSystemTest {
    private static final int SEED = 3;

    @TempDir
    private Path directory;

    @Test
    void shouldPraiseAGoodDinnerAndMeasureItsSilence() throws Exception {
        try (PlainStage stage = new PlainStage(directory, 150);
                Dinner dinner = new Dinner(stage, settings(6), System.out::println)) {
            Outcome outcome = dinner.run();
            outcome.print(System.out);
            assertThat(outcome.violations()).isEmpty();
            assertThat(outcome.mismatches()).isEmpty();
            assertThat(outcome.moves()).isEqualTo(6);
            assertThat(outcome.meals()).isGreaterThan(10);
            assertThat(outcome.accounts().requests()).isGreaterThan(100);
            assertThat(outcome.silences().getMinValue()).isGreaterThanOrEqualTo(140_000);
            assertThat(outcome.json()).startsWith("{\"moves\":6,\"meals\":").contains("\"violations\":0,", "\"mismatches\":0,");
        }
    }

    @Test
    void shouldSeeAGuestWhoDies() throws Exception {
        PlainStage stage = new PlainStage(directory, 50);
        Guest victim = Guest.company().get(2);
        try (stage; Dinner dinner = new Dinner(stage, settings(2), line -> {
            if (line.startsWith("#1")) {
                stage.kill(victim);
            }
        })) {
            Outcome outcome = dinner.run();
            assertThat(outcome.good()).isFalse();
            assertThat(outcome.violations()).anyMatch(fault -> fault.contains("Hypatia: lost the observer's"));
        }
    }

    private Dinner.Settings settings(int moves) throws Exception {
        Path key = directory.resolve("key.p12");
        TlsKey.make(key);
        return new Dinner.Settings(moves, SEED, 0, 200, key);
    }
}

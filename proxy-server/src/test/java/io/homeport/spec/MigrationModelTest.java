package io.homeport.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.config.Installation;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Explores docs/spec/migration.md, and broken variants of it, each of which must give a counter-example. */
class MigrationModelTest {

    /** Mistakes that a protocol like this one can have; the first five it had. */
    enum Mutant {
        DESTINATION_DROPS_ITS_PROMISE_AT_RESTART("in the end", text -> text
                .with("restart the destination, promised", "arrival := PROMISED, copy := NONE", "arrival := GONE, copy := NONE, word := NONE, images := NO")),
        DESTINATION_FORGETS_BEFORE_THE_SOURCE_HAS_HEARD("in the end", text -> text
                .with("delete the images", "images := NO", "images := NO, arrival := SETTLED, word := NONE")),
        LOST_ABORT_IS_NOT_INQUIRED("in the end", text -> text.without("inquire while ready")),
        ABORT_BEFORE_THE_RESTORE_LEAVES_IMAGES("in the end", text -> text
                .with("drop the offer", ", images := NO", "").without("sweep")),
        STOPPED_COPY_IS_NOT_MISSED("in the end", text -> text.without("miss the copy")),
        STOPPED_COPY_IS_NOT_MISSED_AFTER_ITS_WORD("in the end", text -> text.with("miss the copy", "word in READY MINE", "word = READY")),
        STOPPED_COPY_IS_NOT_MISSED_AT_RESTART("in the end", text -> text.without("restart the destination, taken in vain")),
        DESTINATION_THAWS_BEFORE_ITS_WORD("never", text -> text
                .with("take it", "word := MINE", "copy := RUNS, stubs := PUMP, arrival := RUNNING, sends Committed")),
        SOURCE_RESUMES_AFTER_GIVEN_AT_RESTART("never", text -> text
                .with("restart the source, given", "departure := GIVEN", "departure := UNDONE, original := RUNS, given := NO")),
        SOURCE_GIVES_BACK_WITHOUT_ASKING("never", text -> text
                .plus("give back after a time-out", "source", "departure = GIVEN", "departure := UNDONE, given := NO, original := RUNS, deputies := IDLE, sends Abort")),
        SOURCE_OPENS_DEPUTIES_AT_THE_HAND_OVER("never", text -> text
                .with("hand over", "original := STOPPED", "original := STOPPED, deputies := PUMP")),
        SOURCE_ENDS_ITS_COPY_BEFORE_THE_ANSWER("never", text -> text
                .with("tell the destination", "sends Commit", "sends Commit, original := ENDED")),
        SOURCE_FORGETS_GIVEN_EARLY("never", text -> text
                .with("open the deputies", "deputies := PUMP", "deputies := PUMP, given := NO")),
        DESTINATION_ANSWERS_BEFORE_IT_THAWS("never", text -> text
                .with("take it", "word := MINE", "word := MINE, sends Committed")),
        DESTINATION_RUNS_WITHOUT_A_COMMIT("never", text -> text
                .plus("thaw after a time-out", "destination", "arrival = READY, word = READY, copy = STOPPED", "word := MINE")),
        SOURCE_SAYS_OVER_WHILE_IT_DECIDES("in the end", text -> text
                .with("say that it is over", "departure in UNDONE DONE", "departure in HELD UNDONE DONE")),
        PROMISE_BEFORE_THE_IMAGES("never", text -> text
                .with("take the offer", "arrival := OFFERED", "arrival := OFFERED, word := READY")),
        PROMISE_OF_HALF_A_TRANSFER("never", text -> text
                .with("promise", "images = YES, copy = STOPPED, receives Restore", "copy = STOPPED")),
        COMMIT_IS_SENT_ONCE("in the end", text -> text
                .with("open the deputies", "deputies := PUMP", "deputies := PUMP, sends Commit").without("tell the destination"));

        private final String violated;
        private final UnaryOperator<ModelText> change;

        Mutant(String violated, UnaryOperator<ModelText> change) {
            this.violated = violated;
            this.change = change;
        }
    }

    @Test
    void shouldHoldInEveryState() throws IOException {
        Exploration exploration = Exploration.of(text().parse());
        System.out.printf("docs/spec/migration.md: %,d states, %,d steps between them without faults%n",
                exploration.stateCount(), exploration.stepCount());
        assertThat(exploration.violation()).isEmpty();
        assertThat(exploration.stateCount()).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindACounterExample(Mutant mutant) throws IOException {
        Exploration exploration = Exploration.of(mutant.change.apply(text()).parse());
        String violation = exploration.violation().orElse("none");
        System.out.printf("%s, %,d states%n%s%n", mutant, exploration.stateCount(), violation);
        assertThat(violation).startsWith(mutant.violated);
    }

    static ModelText text() throws IOException {
        return ModelText.read(Installation.find().root().resolve("docs/spec/migration.md"));
    }
}

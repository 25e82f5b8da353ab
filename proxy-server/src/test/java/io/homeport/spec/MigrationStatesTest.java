package io.homeport.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.migration.arrival.ArrivalState;
import io.homeport.migration.contract.Stage;
import io.homeport.migration.departure.DepartureState;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the states and transitions that the daemon asserts against those of docs/spec/migration.md. The model's DOWN has no
 * state in the code: there is no daemon then.
 */
class MigrationStatesTest {
    private static final String DOWN = "DOWN";

    @Test
    void shouldDepartAsTheModelDoes() throws IOException {
        Model model = MigrationModelTest.text().parse();
        assertThat(names(DepartureState.values())).isEqualTo(modelNames(model, "departure"));
        assertThat(transitions(DepartureState.values())).isEqualTo(modelTransitions(model, "departure", Set.of(DOWN)));
    }

    /** What follows GONE in the model is another arrival of the code. */
    @Test
    void shouldArriveAsTheModelDoes() throws IOException {
        Model model = MigrationModelTest.text().parse();
        assertThat(names(ArrivalState.values())).isEqualTo(modelNames(model, "arrival"));
        assertThat(transitions(ArrivalState.values())).isEqualTo(modelTransitions(model, "arrival", Set.of(DOWN, "GONE")));
    }

    private static Set<String> modelNames(Model model, String variable) {
        Set<String> names = new TreeSet<>(model.layout().variables().stream()
                .filter(candidate -> candidate.name().equals(variable))
                .findFirst()
                .map(ModelText.Variable::values)
                .orElseThrow());
        names.remove(DOWN);
        return names;
    }

    private static Set<String> modelTransitions(Model model, String variable, Set<String> withoutObject) {
        return model.transitions(variable).stream()
                .filter(transition -> !withoutObject.contains(transition.split(" ")[0]))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(Enum<?>[] states) {
        return Arrays.stream(states).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static <S extends Enum<S> & Stage<S>> Set<String> transitions(S[] states) {
        return List.of(states).stream()
                .flatMap(state -> state.next().stream().map(next -> state + " -> " + next))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

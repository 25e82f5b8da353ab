package io.homeport.spec;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A parsed model. Immutable. */
record Model(Layout layout, List<Rule> rules, List<Property> never, List<Property> ends) {

    /** A named set of states. */
    record Property(String what, Condition state) {}

    /** Every variable has its first value, and nothing is in flight. */
    long initial() {
        return 0;
    }

    /** What a variable's steps do to it, faults left out: {@code BEFORE -> AFTER}. */
    Set<String> transitions(String variable) {
        int number = new ModelText.Names(layout.variables(), layout.messages()).variable(variable);
        List<String> values = layout.variables().get(number).values();
        Set<String> transitions = new TreeSet<>();
        for (Rule rule : rules) {
            for (Rule.Assignment set : rule.isFault() ? List.<Rule.Assignment>of() : rule.sets()) {
                if (set.variable() == number) {
                    before(rule, number).forEach(before -> transitions.add(values.get(before) + " -> " + values.get(set.value())));
                }
            }
        }
        return transitions;
    }

    private static List<Integer> before(Rule rule, int variable) {
        int values = rule.when().comparisons().stream()
                .filter(comparison -> comparison.variable() == variable)
                .mapToInt(Condition.OneOf::values)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(rule.step() + " changes a state that it does not ask for"));
        return java.util.stream.IntStream.range(0, 16).filter(value -> (values >> value & 1) == 1).boxed().toList();
    }
}

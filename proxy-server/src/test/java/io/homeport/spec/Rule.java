package io.homeport.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of the model's table of steps. Immutable.
 *
 * @param does as it was written
 * @param sets variables and their new values
 * @param sends bits of the messages that are in flight afterwards
 */
record Rule(String step, String by, Condition when, String does, List<Assignment> sets, long sends) {

    /** A variable's new value. */
    record Assignment(int variable, int value) {}

    static Rule parse(ModelText.Names names, Layout layout, String step, String by, String when, String does) {
        List<Assignment> sets = new ArrayList<>();
        long sends = 0;
        for (String part : does.split(",")) {
            String[] words = part.trim().split(" +");
            if (words[0].equals("sends")) {
                sends |= layout.bit(names.message(words[1]));
            } else if (words[1].equals(":=")) {
                int variable = names.variable(words[0]);
                sets.add(new Assignment(variable, names.value(variable, words[2])));
            } else {
                throw new IllegalArgumentException("not an effect: " + part.trim());
            }
        }
        return new Rule(step, by, Condition.parse(names, when), does, List.copyOf(sets), sends);
    }

    boolean isFault() {
        return by.equals("fault");
    }

    /** The state after it; its conditions hold. */
    long apply(Layout layout, long state) {
        long next = when.receives() < 0 ? state : state & ~layout.bit(when.receives());
        for (Assignment set : sets) {
            next = layout.set(next, set.variable, set.value);
        }
        return next | sends;
    }
}

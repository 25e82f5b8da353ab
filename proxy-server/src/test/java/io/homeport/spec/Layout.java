package io.homeport.spec;

import java.util.List;
import java.util.StringJoiner;

/**
 * A state of the model in a {@code long}: four bits for each variable, then one for each message that is in flight.
 * Immutable.
 */
record Layout(List<ModelText.Variable> variables, List<String> messages) {
    private static final int VARIABLE_BITS = 4;

    Layout {
        if (variables.size() * VARIABLE_BITS + messages.size() > Long.SIZE) {
            throw new IllegalArgumentException("too many variables and messages for one word");
        }
    }

    int get(long state, int variable) {
        return (int) (state >> variable * VARIABLE_BITS) & 15;
    }

    long set(long state, int variable, int value) {
        return state & ~(15L << variable * VARIABLE_BITS) | (long) value << variable * VARIABLE_BITS;
    }

    boolean inFlight(long state, int message) {
        return (state & bit(message)) != 0;
    }

    long bit(int message) {
        return 1L << variables.size() * VARIABLE_BITS + message;
    }

    /** The variables, and what is in flight. */
    String print(long state) {
        StringJoiner text = new StringJoiner(" ");
        for (int i = 0; i < variables.size(); i++) {
            text.add(variables.get(i).name() + "=" + variables.get(i).values().get(get(state, i)));
        }
        for (int i = 0; i < messages.size(); i++) {
            if (inFlight(state, i)) {
                text.add("~" + messages.get(i));
            }
        }
        return text.toString();
    }
}

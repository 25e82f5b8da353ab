package io.homeport.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Comparisons that must all hold, as a table of the model writes them: {@code a = X, b in Y Z, receives M}. Immutable.
 *
 * @param text as it was written
 * @param receives the message it waits for, -1 if none
 */
record Condition(String text, List<OneOf> comparisons, int receives) {

    /** One comparison. @param values numbers of the values that will do, as a bit set */
    record OneOf(int variable, int values) {}

    static Condition parse(ModelText.Names names, String text) {
        List<OneOf> comparisons = new ArrayList<>();
        int receives = -1;
        for (String part : text.split(",")) {
            String[] words = part.trim().split(" +");
            if (words[0].equals("receives")) {
                receives = names.message(words[1]);
            } else if (words[1].equals("=") && words.length == 3 || words[1].equals("in")) {
                int variable = names.variable(words[0]);
                int values = Arrays.stream(words, 2, words.length).mapToInt(value -> 1 << names.value(variable, value)).sum();
                comparisons.add(new OneOf(variable, values));
            } else {
                throw new IllegalArgumentException("not a condition: " + part.trim());
            }
        }
        return new Condition(text, List.copyOf(comparisons), receives);
    }

    boolean holds(Layout layout, long state) {
        if (receives >= 0 && !layout.inFlight(state, receives)) {
            return false;
        }
        for (OneOf comparison : comparisons) {
            if ((comparison.values >> layout.get(state, comparison.variable) & 1) == 0) {
                return false;
            }
        }
        return true;
    }
}

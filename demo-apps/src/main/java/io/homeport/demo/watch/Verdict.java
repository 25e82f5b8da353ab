package io.homeport.demo.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * All faults found so far. A violation breaks a rule of the dinner; a mismatch is bytes that are not those that were sent.
 */
public final class Verdict {
    private final List<String> violations = new ArrayList<>();
    private final List<String> mismatches = new ArrayList<>();

    /** Notes a broken rule. */
    public synchronized void violation(String what) {
        violations.add(what);
    }

    /** Notes wrong bytes. */
    public synchronized void mismatch(String what) {
        mismatches.add(what);
    }

    /** The broken rules, in the order in which they were found. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** The wrong bytes, in the order in which they were found. */
    public synchronized List<String> mismatches() {
        return List.copyOf(mismatches);
    }
}

package io.homeport.spec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongArrayList;

/**
 * Every state of a model that can be reached, breadth first, so that a trace is a shortest one. Used by one thread.
 *
 * <p>The link is part of it: a message in flight may be lost, and may be delivered and stay in flight as a double. Both are
 * faults.
 */
final class Exploration {
    private static final int MOST_STATES = 20_000_000;

    private final Model model;
    private final Long2LongHashMap numbers = new Long2LongHashMap(-1);
    private final LongArrayList states = new LongArrayList();
    private final IntArrayList parents = new IntArrayList();
    private final List<String> steps = new ArrayList<>();
    /** Steps without faults: pairs of numbers of states. */
    private final IntArrayList from = new IntArrayList();
    private final IntArrayList to = new IntArrayList();

    private Exploration(Model model) {
        this.model = model;
    }

    static Exploration of(Model model) {
        Exploration exploration = new Exploration(model);
        exploration.explore();
        return exploration;
    }

    int stateCount() {
        return states.size();
    }

    int stepCount() {
        return from.size();
    }

    /** The first property that is violated, with a shortest trace to where it is; empty if the model is right. */
    Optional<String> violation() {
        Optional<String> unsafe = model.never().stream()
                .flatMap(never -> first(number -> holds(never, number)).stream()
                        .map(number -> "never: " + never.what() + "\n" + trace(number)))
                .findFirst();
        return unsafe.isPresent() ? unsafe : stuck();
    }

    /** From where no good end is reached, or none that lasts. */
    private Optional<String> stuck() {
        Predecessors predecessors = new Predecessors(states.size(), from, to);
        BitSet bad = matching(number -> model.ends().stream().noneMatch(end -> holds(end, number)));
        BitSet settled = predecessors.reaching(bad);
        settled.flip(0, states.size());
        BitSet saved = predecessors.reaching(settled);
        return first(number -> !saved.get(number))
                .map(number -> "in the end: never reached again, without any more faults, from\n" + trace(number));
    }

    private void explore() {
        reach(model.initial(), -1, "begin");
        for (int number = 0; number < states.size(); number++) {
            long state = states.getLong(number);
            for (Rule rule : model.rules()) {
                if (rule.when().holds(model.layout(), state)) {
                    step(number, rule, state);
                }
            }
            for (int message = 0; message < model.layout().messages().size(); message++) {
                if (model.layout().inFlight(state, message)) {
                    reach(state & ~model.layout().bit(message), number, "(the link loses " + model.layout().messages().get(message) + ")");
                }
            }
            if (states.size() > MOST_STATES) {
                throw new IllegalStateException("more than " + MOST_STATES + " states");
            }
        }
    }

    private void step(int number, Rule rule, long state) {
        long after = rule.apply(model.layout(), state);
        int next = reach(after, number, rule.step());
        if (!rule.isFault() && next != number) {
            from.addInt(number);
            to.addInt(next);
        }
        if (rule.when().receives() >= 0) {
            reach(after | model.layout().bit(rule.when().receives()), number, rule.step() + " (and the link doubles the message)");
        }
    }

    private int reach(long state, int parent, String step) {
        long known = numbers.get(state);
        if (known >= 0) {
            return (int) known;
        }
        int number = states.size();
        numbers.put(state, number);
        states.addLong(state);
        parents.addInt(parent);
        steps.add(step);
        return number;
    }

    private boolean holds(Model.Property property, int number) {
        return property.state().holds(model.layout(), states.getLong(number));
    }

    private Optional<Integer> first(IntPredicate wanted) {
        for (int number = 0; number < states.size(); number++) {
            if (wanted.test(number)) {
                return Optional.of(number);
            }
        }
        return Optional.empty();
    }

    private BitSet matching(IntPredicate wanted) {
        BitSet found = new BitSet(states.size());
        for (int number = 0; number < states.size(); number++) {
            found.set(number, wanted.test(number));
        }
        return found;
    }

    private String trace(int number) {
        Deque<String> lines = new ArrayDeque<>();
        for (int at = number; at >= 0; at = parents.getInt(at)) {
            lines.push("  " + steps.get(at) + "\n      " + model.layout().print(states.getLong(at)));
        }
        return String.join("\n", lines);
    }
}

package io.homeport.migration.contract;

/**
 * Holds the state of one side of one migration to the transitions of the model. One thread at a time; {@link #now} any.
 *
 * @param <S> the side's states
 */
public final class Course<S extends Stage<S>> {
    private volatile S now;

    public Course(S first) {
        now = first;
    }

    public S now() {
        return now;
    }

    /**
     * Goes on.
     *
     * @throws IllegalStateException if the model has no such transition: the code is wrong, and must not go on
     */
    public void become(S next) {
        if (!now.next().contains(next)) {
            throw new IllegalStateException("a migration that is " + now + " cannot become " + next + " (docs/spec/migration.md)");
        }
        now = next;
    }
}

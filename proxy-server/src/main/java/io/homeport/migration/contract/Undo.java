package io.homeport.migration.contract;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be undone if a migration ends before its commit point, the latest first.
 *
 * <p>Used by the one thread of its migration. Closing it undoes everything unless {@link #forget} came first.
 */
public final class Undo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    /** One thing to undo. */
    public interface Action {
        void run() throws Exception;
    }

    private record Named(String what, Action action) {}

    private final Deque<Named> actions = new ArrayDeque<>();

    /** Adds what undoes the step just begun. */
    public void add(String what, Action action) {
        actions.push(new Named(what, action));
    }

    /** The commit point is passed: nothing is undone any more. */
    public void forget() {
        actions.clear();
    }

    @Override
    public void close() {
        while (!actions.isEmpty()) {
            Named named = actions.pop();
            try {
                named.action().run();
            } catch (Exception failure) {
                LOG.error("cannot undo: {}", named.what(), failure);
            }
        }
    }
}

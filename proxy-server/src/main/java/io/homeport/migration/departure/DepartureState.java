package io.homeport.migration.departure;

import io.homeport.migration.contract.Stage;
import java.util.EnumSet;
import java.util.Set;

/**
 * The variable {@code departure} of docs/spec/migration.md: how far a migration has come at its source.
 *
 * <pre>
 *   PREPARING ─hand over▶ HELD ─commit▶ GIVEN ─committed▶ DONE
 *       └─────────┬────────┘              ▲
 *               UNDONE                a restarted daemon that finds its word goes on from here
 * </pre>
 */
public enum DepartureState implements Stage<DepartureState> {
    /** Nothing is touched. */
    PREPARING,
    /** The process is stopped, its sockets are in custody; all of it can be given back. */
    HELD,
    /** The word GIVEN is on the disk: only the destination may run the service. */
    GIVEN,
    /** It runs at the destination, and is gone here. */
    DONE,
    /** It runs here, as before. */
    UNDONE;

    @Override
    public Set<DepartureState> next() {
        return switch (this) {
            case PREPARING -> EnumSet.of(HELD, UNDONE);
            case HELD -> EnumSet.of(GIVEN, UNDONE);
            case GIVEN -> EnumSet.of(DONE);
            case DONE, UNDONE -> EnumSet.noneOf(DepartureState.class);
        };
    }
}

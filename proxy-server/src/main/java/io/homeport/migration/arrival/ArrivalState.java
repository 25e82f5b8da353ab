package io.homeport.migration.arrival;

import io.homeport.migration.contract.Stage;
import java.util.EnumSet;
import java.util.Set;

/**
 * The variable {@code arrival} of docs/spec/migration.md: how far a migration has come at its destination.
 *
 * <pre>
 *   OFFERED ─restore▶ READY ─commit▶ RUNNING ─over▶ SETTLED
 *      │              │   ▲             ▲
 *      │      copy gone▼   │restore again  └ a restarted daemon with the word MINE
 *      │            PROMISED ◀ a restarted daemon with the word READY
 *      └─abort, over──┴──┴▶ GONE
 * </pre>
 */
public enum ArrivalState implements Stage<ArrivalState> {
    /** Welcome; the images may be on their way. */
    OFFERED,
    /** The copy is complete and stopped, the word READY and the images are on the disk. */
    READY,
    /** As READY, but the copy has gone: it is restored again if the source commits. */
    PROMISED,
    /** The word MINE is on the disk, the copy runs. */
    RUNNING,
    /** The copy runs, and the source asks no more. */
    SETTLED,
    /** Nothing of it is here. */
    GONE;

    @Override
    public Set<ArrivalState> next() {
        return switch (this) {
            case OFFERED -> EnumSet.of(READY, GONE);
            case READY -> EnumSet.of(RUNNING, PROMISED, GONE);
            case PROMISED -> EnumSet.of(READY, GONE);
            case RUNNING -> EnumSet.of(SETTLED);
            case SETTLED, GONE -> EnumSet.noneOf(ArrivalState.class);
        };
    }
}

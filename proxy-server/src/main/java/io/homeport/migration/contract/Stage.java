package io.homeport.migration.contract;

import java.util.Set;

/**
 * A state of one side of a migration, as docs/spec/migration.md has it. Implemented by enums.
 *
 * @param <S> the enum
 */
public interface Stage<S extends Stage<S>> {

    /** The states that may follow; none if the migration is over on this side. */
    Set<S> next();
}

package io.homeport.migration.departure;

/** Where a migration stands, told to the one who asked for it. Called on the migration's thread. */
public interface Progress {
    /** A step begins. */
    void step(Step step, String detail);

    /** Image bytes that have reached the destination. */
    void bytes(long done, long total);
}

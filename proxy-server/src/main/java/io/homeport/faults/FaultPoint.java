package io.homeport.faults;

/**
 * The moments of a migration at which something may be made to go wrong, in their order: 1 to 29 at the source, from 31 at the
 * destination. The numbers stay; docs/migration.md says what a failure at each leads to.
 */
public enum FaultPoint {
    /** Nothing is touched. */
    OFFER_BEFORE(1),
    /** The destination has said welcome. */
    OFFER_AFTER(2),
    /** Its memory has gone ahead, the process runs. */
    FREEZE_BEFORE(3),
    /** Its threads are stopped by ptrace. */
    FROZEN(4),
    /** This daemon has duplicates of its sockets. */
    CUSTODY_TAKEN(5),
    /** Dummies are under its descriptors. */
    DESCRIPTORS_VACATED(6),
    /** The streams it had already stand still; CRIU dumps meanwhile, so {@link #DUMP_BEFORE} has been. */
    LEDGER_DRAWN(7),
    /** It is stopped. */
    DUMP_BEFORE(8),
    /** Its images are on the disk. */
    DUMP_AFTER(9),
    /** Record, carried files and images are on their way. */
    TRANSFER_BEFORE(10),
    /** The destination has them all. */
    TRANSFER_AFTER(11),
    /** {@code Restore} is about to be sent. */
    RESTORE_BEFORE(12),
    /** {@code Ready} has come. */
    RESTORE_AFTER(13),
    /** Last moment before the commit. */
    GIVEN_BEFORE(14),
    /** {@code GIVEN} is on the disk; {@code Commit} is about to be sent. */
    GIVEN_AFTER(15),
    /** {@code Commit} has been sent. Deputies have the sockets, custody is over, nobody reads them yet. */
    SOCKETS_HELD(16),
    /** Deputies read the sockets. */
    DEPUTIES_OPEN(17),
    /** {@code Committed} has come. */
    COMMIT_AFTER(18),
    /** The original is killed. */
    ORIGINAL_KILLED(19),
    /** All but the word is gone. */
    FORGET_BEFORE(20),

    /** {@code Offer} has come, and is welcome. */
    OFFERED(31),
    /** {@code Restore} has come: the transfer is complete. The copy has been begun before, as a rule. */
    IMAGES_IN(32),
    /** Carried files are at their places, CRIU is about to begin. */
    FILES_PLACED(33),
    /** CRIU has made the copy. */
    RESTORED(34),
    /** Shadow namespace, sockets and stubs are made. */
    BERTH_MADE(35),
    /** The copy has its sockets, and is stopped. */
    SOCKETS_IN(36),
    /** {@code READY} is on the disk; {@code Ready} is about to be sent. */
    READY_WRITTEN(37),
    /** {@code Commit} has come. */
    COMMIT_CAME(38),
    /** {@code MINE} is on the disk. */
    MINE_WRITTEN(39),
    /** The copy runs; {@code Committed} is about to be sent. */
    THAWED(40),
    /** The images are about to be deleted. */
    TIDY_BEFORE(41);

    private static final int FIRST_OF_DESTINATION = 31;

    private final int number;

    FaultPoint(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Whether it is the destination that comes here. */
    public boolean isAtDestination() {
        return number >= FIRST_OF_DESTINATION;
    }

    /** Whether the service is its destination's from here on. */
    public boolean isAfterCommit() {
        return compareTo(GIVEN_AFTER) >= 0 && !isAtDestination() || compareTo(COMMIT_CAME) >= 0;
    }
}

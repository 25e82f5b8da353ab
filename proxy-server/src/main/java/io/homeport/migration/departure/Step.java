package io.homeport.migration.departure;

/** The steps of a migration in their order; docs/migration.md says what each failure leads to. */
public enum Step {
    /** Every obstacle is looked for; nothing is touched. */
    PREPARE("prepare"),
    /** Dummies take the place of the sockets, the daemon holds the real ones, nobody pumps. */
    HAND_OVER("hand over"),
    /** CRIU saves the stopped process. */
    CHECKPOINT("checkpoint"),
    /** The images travel; their checksums are checked. */
    TRANSFER("transfer"),
    /** CRIU makes the copy, which gets its shadow sockets and stays stopped. */
    RESTORE("restore"),
    /** The copy becomes the only one; from here only forward. */
    COMMIT("commit"),
    /** The copy runs. */
    THAW("thaw");

    private final String title;

    Step(String title) {
        this.title = title;
    }

    /** The step's name as users read it. */
    public String title() {
        return title;
    }
}

package io.homeport.migration.departure;

/** A migration ended before its commit point; the service runs on at the source. */
public final class MigrationFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Step step;

    /**
     * @param step the step that failed
     * @param message what happened, naming the node, the process or the stream, and what to do next
     * @param cause what was thrown, or null
     */
    public MigrationFailure(Step step, String message, Throwable cause) {
        super(message, cause);
        this.step = step;
    }

    public Step step() {
        return step;
    }
}

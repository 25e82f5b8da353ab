package io.homeport.local;

/** What {@link LocalClient} throws when the daemon said no, or says nothing. The message is one line for the user. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Failure kind;

    public CommandFailedException(Failure kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Why. */
    public Failure kind() {
        return kind;
    }
}

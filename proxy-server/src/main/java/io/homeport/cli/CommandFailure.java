package io.homeport.cli;

/**
 * Ends a command with one line for the user, which names what went wrong and what to do next. Thrown and caught on the
 * command's own thread.
 */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;

    /** @param status one of {@link ExitStatus} */
    CommandFailure(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}

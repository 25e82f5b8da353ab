package io.homeport.lab;

/** A lab that could not do what it was asked. The message is one line and says what to do next. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of trouble it is; the command line makes an exit status of it. */
    public enum Kind {
        /** A name that cannot be a node's or a lab's. */
        WRONG_NAME,
        /** No such lab or node. */
        NOT_UP,
        /** The machine lacks a privilege, a tool or a kernel feature. */
        LACKING,
        /** Something started and went wrong. */
        FAILED
    }

    private final Kind kind;

    LabException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    LabException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What kind of trouble this is. */
    public Kind kind() {
        return kind;
    }
}

package io.homeport.link;

/** A call to another node did not succeed. The message names the node and says why. */
public final class CallException extends RuntimeException {
    /** What went wrong, as far as it matters for what to do next. */
    public enum Kind {
        /** The lane was down when the call was made: nothing was done. */
        NOT_CONNECTED,
        /** The lane went down before the reply: whether it was done is unknown. */
        LANE_LOST,
        /** No reply in time: whether it was done is unknown. */
        TIMED_OUT,
        /** The handler failed; the message carries its reason. */
        FAILED,
        /** The node does not serve this method: nothing was done. */
        UNKNOWN_METHOD,
        /** The node serves too many requests: nothing was done. */
        BUSY
    }

    private final Kind kind;

    CallException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}

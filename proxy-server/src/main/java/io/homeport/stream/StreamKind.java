package io.homeport.stream;

/** What a stream stands for. <em>Inbound</em> is towards the application, <em>outbound</em> away from it. */
public enum StreamKind {
    /** A TCP connection. */
    TCP(true, true),
    /** A listening TCP socket: no bytes of its own. */
    LISTENER(false, false),
    /** A connected AF_UNIX stream socket. */
    UNIX(true, true),
    /** A pipe or terminal that the process reads. */
    PIPE_IN(true, false),
    /** A pipe or terminal that the process writes. */
    PIPE_OUT(false, true);

    private final boolean inbound;
    private final boolean outbound;

    StreamKind(boolean inbound, boolean outbound) {
        this.inbound = inbound;
        this.outbound = outbound;
    }

    /** Whether this end reads bytes from its descriptor. */
    boolean reads(Role role) {
        return role == Role.DEPUTY ? inbound : outbound;
    }

    /** Whether this end writes bytes into its descriptor. */
    boolean writes(Role role) {
        return role == Role.DEPUTY ? outbound : inbound;
    }
}

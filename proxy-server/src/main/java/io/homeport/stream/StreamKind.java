package io.homeport.stream;

import io.homeport.socket.Medium;

/** What a stream stands for. <em>Inbound</em> is towards the application, <em>outbound</em> away from it. */
public enum StreamKind {
    /** A TCP connection. */
    TCP(Medium.SOCKET, true, true),
    /** A listening TCP socket: no bytes of its own. */
    LISTENER(Medium.SOCKET, false, false),
    /** A connected AF_UNIX stream socket. */
    UNIX(Medium.SOCKET, true, true),
    /** A pipe or terminal that the process reads. */
    PIPE_IN(Medium.FILE, true, false),
    /** A pipe or terminal that the process writes. */
    PIPE_OUT(Medium.FILE, false, true);

    private final Medium medium;
    private final boolean inbound;
    private final boolean outbound;

    StreamKind(Medium medium, boolean inbound, boolean outbound) {
        this.medium = medium;
        this.inbound = inbound;
        this.outbound = outbound;
    }

    /** How its descriptors are read and written. */
    public Medium medium() {
        return medium;
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

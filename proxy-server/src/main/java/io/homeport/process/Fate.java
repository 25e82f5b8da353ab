package io.homeport.process;

/** What becomes of a descriptor when its process moves. */
public enum Fate {
    /** A file, directory, device or anonymous inode that CRIU saves and opens again under the same path. */
    SAVED("saved in the image"),
    /** A pipe or socket pair whose both ends are inside the process: CRIU saves it with its bytes. */
    INTERNAL("internal, saved in the image"),
    /** A TCP connection opened on this node: stays here with a deputy. */
    CONNECTION("TCP connection, stays at this node"),
    /** A TCP socket whose connect is under way, or has failed without the application knowing: nothing was exchanged, so it begins anew. */
    CONNECTING("connecting, connects anew from the destination"),
    /** A TCP listener opened on this node: its deputy goes on accepting. */
    LISTENER("TCP listener, stays at this node"),
    /** A connected AF_UNIX stream whose peer is another process: stays here with a deputy. */
    UNIX_STREAM("unix stream, stays at this node"),
    /** The reading end of a pipe that another process writes. */
    PIPE_IN("pipe read from another process, stays at this node"),
    /** The writing end of a pipe that another process reads. */
    PIPE_OUT("pipe written to another process, stays at this node"),
    /** A terminal: what the process writes goes on to it. */
    TERMINAL("terminal, output stays at this node"),
    /** A TCP connection that is over, still held by the process: it meets the end that it would have met here. */
    ENDED("connection that is over"),
    /** A dummy of a stream whose deputy is at its origin: only its end moves on. */
    STUB("moved stream, its end moves on"),
    /** Cannot be moved; the detail says why. */
    REFUSED("cannot be moved");

    private final String text;

    Fate(String text) {
        this.text = text;
    }

    /** What a user reads in the dry run. */
    public String text() {
        return text;
    }

    /** Whether the file does not travel: CRIU must not see it. */
    public boolean staysBehind() {
        return becomesStream() || this == CONNECTING || this == ENDED;
    }

    /** Whether an AF_UNIX dummy takes its place, for as long as the process is away; if not, nothing does, until its next socket is made. */
    public boolean getsDummy() {
        return switch (this) {
            case UNIX_STREAM, PIPE_IN, PIPE_OUT, TERMINAL -> true;
            default -> false;
        };
    }

    /** Whether this node keeps the real file with a deputy when the process leaves. */
    public boolean becomesStream() {
        return switch (this) {
            case CONNECTION, LISTENER, UNIX_STREAM, PIPE_IN, PIPE_OUT, TERMINAL -> true;
            default -> false;
        };
    }
}

package io.homeport.stream;

/** Which end of a stream. */
public enum Role {
    /** Has the real socket, at the origin. */
    DEPUTY,
    /** Has the daemon's end of the dummy, where the process runs. */
    STUB
}

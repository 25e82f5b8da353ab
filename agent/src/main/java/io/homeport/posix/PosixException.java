package io.homeport.posix;

import java.io.IOException;

/** A system call's error: what was tried, the error's name and its text. */
public final class PosixException extends IOException {
    private final int errno;

    public PosixException(int errno, String what) {
        super(what + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ")");
        this.errno = errno;
    }

    /** The positive error number, one of {@link Errno}'s. */
    public int errno() {
        return errno;
    }
}

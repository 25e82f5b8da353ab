package io.homeport.wire;

/** A frame breaks the protocol; the lane it came on is to be closed. The message says what is wrong with it. */
public final class MalformedFrameException extends RuntimeException {
    public MalformedFrameException(String message) {
        super(message, null, false, false); // no stack trace: a mad peer must not be able to make us work
    }
}

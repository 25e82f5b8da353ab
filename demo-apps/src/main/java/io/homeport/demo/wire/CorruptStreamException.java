package io.homeport.demo.wire;

import java.io.IOException;

/** The bytes that came are not the bytes that were sent. The connection is of no use after it. */
public final class CorruptStreamException extends IOException {
    CorruptStreamException(String message) {
        super(message);
    }
}

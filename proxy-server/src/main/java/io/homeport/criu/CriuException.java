package io.homeport.criu;

import java.io.IOException;

/** CRIU is missing, failed or took too long. The message is for the user: what failed, CRIU's own last errors, its log's path. */
public final class CriuException extends IOException {
    private static final long serialVersionUID = 1L;

    CriuException(String message) {
        super(message);
    }

    CriuException(String message, Throwable cause) {
        super(message, cause);
    }
}

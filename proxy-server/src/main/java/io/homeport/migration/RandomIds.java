package io.homeport.migration;

import java.security.SecureRandom;

/** Draws the ids of streams, services and migrations: whoever knows a stream's id may attach to it, so none can be guessed. Any thread. */
final class RandomIds {
    private final SecureRandom random;

    RandomIds(SecureRandom random) {
        this.random = random;
    }

    /** Never 0, which means none. */
    long next() {
        long id = 0;
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }
}

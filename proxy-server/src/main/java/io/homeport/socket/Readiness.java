package io.homeport.socket;

/** Hears what the kernel says about an {@link Endpoint}; called on the loop's thread. */
@FunctionalInterface
public interface Readiness {
    /**
     * Something is so.
     *
     * @param events what was wanted and is so; {@link Endpoint#FAILED} and {@link Endpoint#HUNG_UP} whenever they are so
     */
    void ready(int events);
}

package io.homeport.transfer;

import java.util.Optional;

/** Decides whether a directory that another node wants to send may come. Called on the bulk loop; must not block. */
@FunctionalInterface
public interface Admission {
    /**
     * Why it may not.
     *
     * @param node who sends; proven
     * @param expectedBytes about what all its files will hold, as the sender says
     * @return a sentence for the sender and the log; empty if it may come
     */
    Optional<String> objection(String node, long transferId, long expectedBytes);
}

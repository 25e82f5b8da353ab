package io.homeport.migration.departure;

import io.homeport.link.CallException;
import io.homeport.link.Peer;
import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.NodeParts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a destination that a service is its own, until it has answered. One thread. */
final class CommitCall {
    private static final Logger LOG = LoggerFactory.getLogger(CommitCall.class);
    private static final int FIRST_PAUSE_MS = 20;
    private static final int LONGEST_PAUSE_MS = 500;

    private final NodeParts node;
    private final Peer destination;
    private final long migrationId;
    private final List<Long> waiting;
    /** To what was told last; null before that. */
    private CompletableFuture<byte[]> answer;

    /** @param waiting streams that go first */
    CommitCall(NodeParts node, Peer destination, long migrationId, List<Long> waiting) {
        this.node = node;
        this.destination = destination;
        this.migrationId = migrationId;
        this.waiting = waiting;
    }

    /** Tells it, and does not wait for the answer. */
    void tell() {
        answer = destination.call(Messages.COMMIT, Messages.commit(migrationId, waiting), node.callTimeout());
    }

    /**
     * Tells it, if that was not done, and again until it has answered: from GIVEN on there is only forward.
     *
     * @param unanswered is told now and then why there is no answer yet
     * @throws IllegalStateException if the thread is interrupted: this daemon ends, the next one goes on
     */
    void await(Consumer<String> unanswered) {
        if (answer == null) {
            tell();
        }
        int pauseMs = FIRST_PAUSE_MS;
        for (int attempt = 1; ; attempt++) {
            try {
                answer.join();
                return;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof CallException)) {
                    throw e;
                }
                if (Integer.bitCount(attempt) == 1) {
                    LOG.warn("{} has not answered the commit of migration {} yet (attempt {}): {}",
                            destination.node(), Long.toHexString(migrationId), attempt, e.getCause().getMessage());
                    unanswered.accept(e.getCause().getMessage());
                }
            }
            pause(pauseMs);
            pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
            tell();
        }
    }

    private static void pause(int pauseMs) {
        try {
            TimeUnit.MILLISECONDS.sleep(pauseMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}

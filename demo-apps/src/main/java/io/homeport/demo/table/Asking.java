package io.homeport.demo.table;

import io.homeport.demo.wire.Frame;
import io.homeport.demo.wire.Session;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests of one seat: each gets the next number, each must be answered exactly once. Any thread.
 *
 * <pre>
 *   ask() -> number, remember -> session ... session -> answered() -> forget, complete
 * </pre>
 */
final class Asking {
    private final int seat;
    private final Map<Long, CompletableFuture<Frame>> open = new ConcurrentHashMap<>();
    private long asked;
    private long answered;

    Asking(int seat) {
        this.seat = seat;
    }

    /** Sends a request; completes with its answer, never fails. Numbers and frames go out in the same order. */
    synchronized CompletableFuture<Frame> ask(Session session, Frame.Kind kind, int subject, byte[] payload) {
        long request = Frame.requestId(seat, ++asked);
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        open.put(request, answer);
        session.send(new Frame(kind, subject, request, 0, payload));
        return answer;
    }

    /** Takes an answer in; false if nobody waits for it: answered twice, or never asked. */
    boolean answered(Frame answer) {
        CompletableFuture<Frame> waiting = open.remove(answer.id());
        if (waiting == null) {
            return false;
        }
        synchronized (this) {
            answered++;
        }
        waiting.complete(answer);
        return true;
    }

    synchronized long asked() {
        return asked;
    }

    synchronized long answered() {
        return answered;
    }

    /** Completes when all that has been asked so far is answered. */
    CompletableFuture<Void> allAnswered() {
        return CompletableFuture.allOf(open.values().toArray(CompletableFuture[]::new));
    }
}

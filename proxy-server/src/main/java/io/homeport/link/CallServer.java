package io.homeport.link;

import io.homeport.wire.link.CallStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves requests on threads of its own, each priority with its own few, so that a call that waits for another node never
 * keeps that node's call back from being served here (see {@link CallPriority}). Threads are made when needed and end when
 * idle. Thread-safe.
 */
final class CallServer implements AutoCloseable {
    /** Requests of one priority that are served at the same time; they may block, so more than there are processors. */
    private static final int SERVERS = 16;

    /** Requests of one priority that wait; a node that is asked for more says so at once. */
    private static final int WAITING = 256;

    private static final byte[] NOTHING = new byte[0];

    private final RequestHandler handler;
    private final List<ThreadPoolExecutor> servers = new ArrayList<>();

    /** @param handler null if this node serves nothing */
    CallServer(RequestHandler handler) {
        this.handler = handler;
        for (int priority = 0; priority <= CallPriority.HIGHEST; priority++) {
            servers.add(newServers(priority));
        }
    }

    /** Where the outcome of a request goes. Called once, on any thread. */
    interface Answer {
        void reply(CallStatus status, byte[] payload, String failure);
    }

    void serve(Peer from, short method, int priority, byte[] request, Answer answer) {
        if (handler == null) {
            answer.reply(CallStatus.UNKNOWN_METHOD, NOTHING, "method " + method + " is not served");
            return;
        }
        if (priority > CallPriority.HIGHEST) {
            answer.reply(CallStatus.FAILED, NOTHING, "a chain of more than " + CallPriority.HIGHEST + " calls");
            return;
        }
        try {
            servers.get(priority).execute(() -> CallPriority.serve(priority, () -> handle(from, method, request, answer)));
        } catch (RejectedExecutionException e) {
            answer.reply(CallStatus.BUSY, NOTHING, WAITING + " requests of priority " + priority + " are waiting already");
        }
    }

    @Override
    public void close() {
        servers.forEach(ThreadPoolExecutor::shutdownNow);
    }

    private void handle(Peer from, short method, byte[] request, Answer answer) {
        try {
            CompletableFuture<byte[]> reply = handler.handle(from, method, request);
            if (reply == null) {
                answer.reply(CallStatus.UNKNOWN_METHOD, NOTHING, "method " + method + " is not served");
                return;
            }
            reply.whenComplete((payload, failure) -> {
                if (failure == null) {
                    answer.reply(CallStatus.OK, payload == null ? NOTHING : payload, "");
                } else {
                    answer.reply(CallStatus.FAILED, NOTHING, text(failure));
                }
            });
        } catch (RuntimeException e) {
            answer.reply(CallStatus.FAILED, NOTHING, text(e));
        }
    }

    private static String text(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static ThreadPoolExecutor newServers(int priority) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(SERVERS, SERVERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
            Thread thread = new Thread(task, "homeport-serve-" + priority + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}

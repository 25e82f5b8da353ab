package io.homeport.link;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.CallStatus;
import io.homeport.wire.link.ReplyDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;

/**
 * The calls of this node that wait for a reply from one peer.
 *
 * <pre>  call ── Request(callId) ──▶ peer ── Reply(callId) ──▶ the future of callId  </pre>
 *
 * <p>{@link #open} from any thread; replies, time-outs and losses on the control loop.
 */
final class Calls {
    private final String node;
    private final ScheduledExecutorService controlLoop;
    private final AtomicLong nextCallId = new AtomicLong(1);
    private final Map<Long, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();

    Calls(String node, ScheduledExecutorService controlLoop) {
        this.node = node;
        this.controlLoop = controlLoop;
    }

    /** A call that is about to be sent. */
    record Call(long callId, CompletableFuture<byte[]> reply) {}

    Call open(short method, Duration timeout) {
        long callId = nextCallId.getAndIncrement();
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        waiting.put(callId, reply);
        var timer = controlLoop.schedule(
                () -> fail(callId, CallException.Kind.TIMED_OUT, "node " + node + " did not answer call " + method + " within " + timeout.toMillis() + " ms"),
                timeout.toNanos(), TimeUnit.NANOSECONDS);
        reply.whenComplete((ignored, failure) -> {
            waiting.remove(callId);
            timer.cancel(false);
        });
        return new Call(callId, reply);
    }

    void fail(long callId, CallException.Kind kind, String message) {
        CompletableFuture<byte[]> reply = waiting.get(callId);
        if (reply != null) {
            reply.completeExceptionally(new CallException(kind, message));
        }
    }

    /** The lane has gone: no reply will come to what was sent over it. */
    void failAll(String reason) {
        new ArrayList<>(waiting.keySet()).forEach(callId ->
                fail(callId, CallException.Kind.LANE_LOST, "lost node " + node + " while it served a call: " + reason));
    }

    /** What a Reply frame says. */
    private record Reply(long callId, CallStatus status, byte[] payload, String failure) {
        static Reply decode(DirectBuffer frame) {
            ReplyDecoder in = new ReplyDecoder().wrap(frame, Frames.HEADER_BYTES, Frames.blockLength(frame, 0), Frames.version(frame, 0));
            byte[] payload = new byte[Frames.checkField(frame, in.limit(), FrameLimits.MAX_CALL_BYTES, "a reply")];
            in.getPayload(payload, 0, payload.length);
            Frames.checkField(frame, in.limit(), FrameLimits.MAX_REASON_BYTES, "a failure text");
            return new Reply(in.callId(), in.status(), payload, in.failure());
        }
    }

    /** Takes a reply; one that nobody waits for any more is dropped. */
    void replied(DirectBuffer frame) {
        Reply in = Frames.decoded("a Reply", () -> Reply.decode(frame));
        CompletableFuture<byte[]> reply = waiting.get(in.callId);
        String text = in.failure;
        if (reply == null) {
            return;
        }
        switch (in.status) {
            case OK -> reply.complete(in.payload);
            case UNKNOWN_METHOD -> reply.completeExceptionally(new CallException(CallException.Kind.UNKNOWN_METHOD, "node " + node + ": " + text));
            case BUSY -> reply.completeExceptionally(new CallException(CallException.Kind.BUSY, "node " + node + ": " + text));
            default -> reply.completeExceptionally(new CallException(CallException.Kind.FAILED, "node " + node + ": " + text));
        }
    }
}

package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.CallStatus;
import io.homeport.wire.link.ReplyDecoder;
import java.time.Duration;
import java.util.List;
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
 * <p>A call whose link is lost or suspect goes out again by another, with the same id; {@link ServedCalls} at the other end sees to it that
 * nothing is done twice. {@link #open} and {@link #send} from any thread; replies, time-outs and losses on the control loop.
 */
final class Calls {
    private final String node;
    private final ScheduledExecutorService controlLoop;
    private final AtomicLong nextCallId = new AtomicLong(1);
    private final Map<Long, Call> waiting = new ConcurrentHashMap<>();

    Calls(String node, ScheduledExecutorService controlLoop) {
        this.node = node;
        this.controlLoop = controlLoop;
    }

    /** A call, and what it takes to send it again. */
    static final class Call {
        private final long callId;
        private final short method;
        private final int priority;
        private final byte[] request;
        private final CompletableFuture<byte[]> reply = new CompletableFuture<>();
        private volatile LaneChannel lane;

        private Call(long callId, short method, int priority, byte[] request) {
            this.callId = callId;
            this.method = method;
            this.priority = priority;
            this.request = request;
        }

        CompletableFuture<byte[]> reply() {
            return reply;
        }
    }

    /** A call that is about to be sent. */
    Call open(short method, int priority, byte[] request, Duration timeout) {
        long callId = nextCallId.getAndIncrement();
        Call call = new Call(callId, method, priority, request);
        CompletableFuture<byte[]> reply = call.reply;
        waiting.put(callId, call);
        var timer = controlLoop.schedule(
                () -> fail(callId, CallException.Kind.TIMED_OUT, "node " + node + " did not answer call " + method + " within " + timeout.toMillis() + " ms"),
                timeout.toNanos(), TimeUnit.NANOSECONDS);
        reply.whenComplete((ignored, failure) -> {
            waiting.remove(callId);
            timer.cancel(false);
        });
        return call;
    }

    void send(Call call, LaneChannel lane) {
        call.lane = lane;
        lane.send(CallFrames.request(call.callId, call.method, call.priority, call.request));
        lane.flush();
    }

    void fail(long callId, CallException.Kind kind, String message) {
        Call call = waiting.get(callId);
        if (call != null) {
            call.reply.completeExceptionally(new CallException(kind, message));
        }
    }

    /** The lane has gone, and there is no other: no reply will come to what was sent over it. */
    void failAll(LaneChannel lane, String reason) {
        sentBy(lane).forEach(call ->
                fail(call.callId, CallException.Kind.LANE_LOST, "lost node " + node + " while it served a call: " + reason));
    }

    /** What was sent by {@code lane} and is not answered goes out by {@code other}. */
    void sendAgain(LaneChannel lane, LaneChannel other) {
        sentBy(lane).forEach(call -> send(call, other));
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
        Call call = waiting.get(in.callId);
        String text = in.failure;
        if (call == null) {
            return;
        }
        CompletableFuture<byte[]> reply = call.reply;
        switch (in.status) {
            case OK -> reply.complete(in.payload);
            case UNKNOWN_METHOD -> reply.completeExceptionally(new CallException(CallException.Kind.UNKNOWN_METHOD, "node " + node + ": " + text));
            case BUSY -> reply.completeExceptionally(new CallException(CallException.Kind.BUSY, "node " + node + ": " + text));
            default -> reply.completeExceptionally(new CallException(CallException.Kind.FAILED, "node " + node + ": " + text));
        }
    }

    private List<Call> sentBy(LaneChannel lane) {
        return waiting.values().stream().filter(call -> call.lane == lane).toList();
    }
}

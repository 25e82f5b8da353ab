package io.homeport.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node as a peer of itself: always up; frames are handed to the listener of their class in a later turn of its loop, in
 * order. A stub and a deputy on the same node need no other code than two on different ones.
 */
final class LoopbackPeer implements Peer {
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackPeer.class);

    /** As much may wait as on a STREAM lane. */
    private static final long MAX_WAITING_BYTES = 1024 * 1024;

    private final String node;
    private final Map<TrafficClass, EventLoop> loops;
    private final Map<TrafficClass, LaneListener> listeners;
    private final Supplier<CallServer> server;
    private final AtomicLongArray waitingBytes = new AtomicLongArray(TrafficClass.values().length);

    LoopbackPeer(String node, Map<TrafficClass, EventLoop> loops, Map<TrafficClass, LaneListener> listeners, Supplier<CallServer> server) {
        this.node = node;
        this.loops = loops;
        this.listeners = listeners;
        this.server = server;
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public boolean up(TrafficClass trafficClass) {
        return true;
    }

    @Override
    public boolean writable(TrafficClass trafficClass) {
        return waitingBytes.get(trafficClass.ordinal()) < MAX_WAITING_BYTES;
    }

    @Override
    public void send(TrafficClass trafficClass, ByteBuf frame) {
        int frameBytes = frame.readableBytes();
        waitingBytes.addAndGet(trafficClass.ordinal(), frameBytes);
        loops.get(trafficClass).execute(() -> deliver(trafficClass, frame, frameBytes));
    }

    @Override
    public void flush(TrafficClass trafficClass) {
        // What is sent is on its way already.
    }

    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        var timer = loops.get(TrafficClass.CONTROL).schedule(
                () -> reply.completeExceptionally(new CallException(CallException.Kind.TIMED_OUT,
                        "node " + node + " did not answer call " + method + " within " + timeout.toMillis() + " ms")),
                timeout.toNanos(), TimeUnit.NANOSECONDS);
        reply.whenComplete((ignored, failure) -> timer.cancel(false));
        server.get().serve(this, method, CallPriority.forNextCall(), request, (status, payload, failure) -> {
            switch (status) {
                case OK -> reply.complete(payload);
                case UNKNOWN_METHOD -> reply.completeExceptionally(new CallException(CallException.Kind.UNKNOWN_METHOD, failure));
                case BUSY -> reply.completeExceptionally(new CallException(CallException.Kind.BUSY, failure));
                default -> reply.completeExceptionally(new CallException(CallException.Kind.FAILED, failure));
            }
        });
        return reply;
    }

    @Override
    public String toString() {
        return node;
    }

    /** Tells the listeners that this peer is up. */
    void start() {
        listeners.forEach((trafficClass, listener) -> loops.get(trafficClass).execute(() -> listener.up(this, trafficClass)));
    }

    private void deliver(TrafficClass trafficClass, ByteBuf frame, int frameBytes) {
        LaneListener listener = listeners.get(trafficClass);
        try {
            if (listener != null) {
                listener.frame(this, frame);
            }
        } catch (RuntimeException e) {
            LOG.error("A frame from this node to itself could not be served on lane {}", trafficClass, e);
        } finally {
            frame.release();
            long before = waitingBytes.getAndAdd(trafficClass.ordinal(), -frameBytes);
            if (listener != null && before >= MAX_WAITING_BYTES && before - frameBytes < MAX_WAITING_BYTES) {
                listener.writable(this);
            }
        }
    }
}

package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.link.lane.LaneDialer;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.link.GoodbyeReason;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Another node: at most one lane per traffic class today. A lane is set and cleared on its event loop and read by any thread.
 */
final class NodePeer implements Peer {
    private final String node;
    private final Calls calls;
    private final AtomicReferenceArray<LaneChannel> lanes = new AtomicReferenceArray<>(TrafficClass.values().length);
    private final Map<TrafficClass, LaneDialer> dialers = new ConcurrentHashMap<>();

    NodePeer(String node, ScheduledExecutorService controlLoop) {
        this.node = node;
        this.calls = new Calls(node, controlLoop);
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public boolean up(TrafficClass trafficClass) {
        return lane(trafficClass) != null;
    }

    @Override
    public boolean writable(TrafficClass trafficClass) {
        LaneChannel lane = lane(trafficClass);
        return lane != null && lane.writable();
    }

    @Override
    public void send(TrafficClass trafficClass, ByteBuf frame) {
        LaneChannel lane = lane(trafficClass);
        if (lane == null) {
            frame.release();
        } else {
            lane.send(frame);
        }
    }

    @Override
    public void flush(TrafficClass trafficClass) {
        LaneChannel lane = lane(trafficClass);
        if (lane != null) {
            lane.flush();
        }
    }

    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        if (request.length > FrameLimits.MAX_CALL_BYTES) {
            throw new IllegalArgumentException("a request of " + request.length + " bytes; at most " + FrameLimits.MAX_CALL_BYTES);
        }
        LaneChannel lane = lane(TrafficClass.CONTROL);
        if (lane == null) {
            return CompletableFuture.failedFuture(new CallException(CallException.Kind.NOT_CONNECTED, notConnected()));
        }
        Calls.Call call = calls.open(method, timeout);
        lane.send(CallFrames.request(call.callId(), method, CallPriority.forNextCall(), request));
        lane.flush();
        if (lane(TrafficClass.CONTROL) != lane) { // it went down meanwhile: failAll may have missed this call
            calls.fail(call.callId(), CallException.Kind.LANE_LOST, "lost node " + node + " while calling it");
        }
        return call.reply();
    }

    @Override
    public String toString() {
        return node;
    }

    Calls calls() {
        return calls;
    }

    LaneChannel lane(TrafficClass trafficClass) {
        return lanes.get(trafficClass.ordinal());
    }

    /** On the loop of the class. */
    void setLane(TrafficClass trafficClass, LaneChannel lane) {
        lanes.set(trafficClass.ordinal(), lane);
    }

    void dialledBy(TrafficClass trafficClass, LaneDialer dialer) {
        dialers.put(trafficClass, dialer);
    }

    /** Dials no more and says goodbye on every lane. */
    void close() {
        dialers.values().forEach(LaneDialer::close);
        for (TrafficClass trafficClass : TrafficClass.values()) {
            LaneChannel lane = lane(trafficClass);
            if (lane != null) {
                lane.close(GoodbyeReason.SHUTDOWN, "the daemon stops");
            }
        }
    }

    private String notConnected() {
        LaneDialer dialer = dialers.get(TrafficClass.CONTROL);
        return "node " + node + " is not connected: "
                + (dialer == null ? "it has not dialled this node; see its log, and whether its daemon runs" : dialer.failure());
    }
}

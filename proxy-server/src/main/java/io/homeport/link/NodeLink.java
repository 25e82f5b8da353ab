package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.link.lane.LaneDialer;
import io.homeport.wire.link.GoodbyeReason;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One link to another node: at most one lane of each class.
 *
 * <pre>
 *   DOWN ── CONTROL lane up ──▶ UP ◀── as many answered ──── SUSPECT
 *     ▲                         │ └── txRetries + 1 probes not answered ──▲ │
 *     └──────── lane lost ──────┴──────────────────────────────────────────┘
 * </pre>
 *
 * <p>The probes are the pings of the CONTROL lane: nothing else is queued there. A lane is set and cleared on its event loop, the
 * suspicion on the control loop; both are read by any thread.
 */
final class NodeLink implements Peer {
    private final NodePeer peer;
    private final int linkId;
    private final LinkAddress address;
    private final AtomicReferenceArray<LaneChannel> lanes = new AtomicReferenceArray<>(TrafficClass.values().length);
    private final Map<TrafficClass, LaneDialer> dialers = new ConcurrentHashMap<>();
    private volatile boolean suspect;
    private volatile String downReason = "";
    private volatile long changedNs = System.nanoTime();
    private long endedSentBytes;
    private long endedReceivedBytes;

    NodeLink(NodePeer peer, int linkId, LinkAddress address) {
        this.peer = peer;
        this.linkId = linkId;
        this.address = address;
    }

    @Override
    public String node() {
        return peer.node();
    }

    @Override
    public String link() {
        return address.name();
    }

    @Override
    public int linkId() {
        return linkId;
    }

    @Override
    public LinkState state() {
        return lane(TrafficClass.CONTROL) == null ? LinkState.DOWN : suspect ? LinkState.SUSPECT : LinkState.UP;
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

    /** Calls are the node's: a reply may come by another link. */
    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        return peer.call(method, request, timeout);
    }

    @Override
    public String toString() {
        return peer.links().size() == 1 ? peer.node() : peer + " by " + address.name();
    }

    LaneChannel lane(TrafficClass trafficClass) {
        return lanes.get(trafficClass.ordinal());
    }

    /** On the loop of the class. */
    void setLane(TrafficClass trafficClass, LaneChannel lane, String reason) {
        LaneChannel before = lanes.getAndSet(trafficClass.ordinal(), lane);
        if (before != null) {
            addTraffic(before);
        }
        if (trafficClass == TrafficClass.CONTROL) {
            suspect = false;
            downReason = reason;
            changedNs = System.nanoTime();
        }
    }

    /** On the control loop. */
    void suspect(boolean isSuspect) {
        suspect = isSuspect;
        changedNs = System.nanoTime();
    }

    void dialledBy(TrafficClass trafficClass, LaneDialer dialer) {
        dialers.put(trafficClass, dialer);
    }

    @Override
    public String reason() {
        LaneDialer dialer = dialers.get(TrafficClass.CONTROL);
        return switch (state()) {
            case UP -> "";
            case SUSPECT -> "probes are not answered";
            case DOWN -> dialer != null && !dialer.failure().isEmpty()
                    ? dialer.failure()
                    : downReason.isEmpty() ? "it has not dialled this node; see its log, and whether its daemon runs" : downReason;
        };
    }

    LinkFacts facts() {
        long sent;
        long received;
        long roundTripNs = -1;
        synchronized (this) {
            sent = endedSentBytes;
            received = endedReceivedBytes;
        }
        for (TrafficClass trafficClass : TrafficClass.values()) {
            LaneChannel lane = lane(trafficClass);
            if (lane != null) {
                sent += lane.sentBytes();
                received += lane.receivedBytes();
                roundTripNs = trafficClass == TrafficClass.CONTROL ? lane.roundTripNs() : roundTripNs;
            }
        }
        String text = address.address().getHostString() + ":" + address.address().getPort();
        long sinceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - changedNs);
        return new LinkFacts(node(), link(), text, state(), reason(), sinceMs, roundTripNs, sent, received);
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

    private synchronized void addTraffic(LaneChannel ended) {
        endedSentBytes += ended.sentBytes();
        endedReceivedBytes += ended.receivedBytes();
    }
}

package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.wire.FrameLimits;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/**
 * Another node, by whichever of its links is best: the first that is up, else the first that is connected. Who wants one link in
 * particular takes it from {@link #links}. Thread-safe.
 */
final class NodePeer implements Peer {
    private final String node;
    private final Calls calls;
    private final ServedCalls served = new ServedCalls();
    private final List<NodeLink> links = new ArrayList<>();

    NodePeer(String node, List<LinkAddress> addresses, ScheduledExecutorService controlLoop) {
        this.node = node;
        this.calls = new Calls(node, controlLoop);
        addresses.forEach(address -> links.add(new NodeLink(this, links.size(), address)));
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public List<Peer> links() {
        return List.copyOf(links);
    }

    @Override
    public LinkState state() {
        return best(TrafficClass.CONTROL).state();
    }

    @Override
    public boolean up(TrafficClass trafficClass) {
        return best(trafficClass).up(trafficClass);
    }

    @Override
    public boolean writable(TrafficClass trafficClass) {
        return best(trafficClass).writable(trafficClass);
    }

    @Override
    public void send(TrafficClass trafficClass, ByteBuf frame) {
        best(trafficClass).send(trafficClass, frame);
    }

    @Override
    public void flush(TrafficClass trafficClass) {
        links.forEach(link -> link.flush(trafficClass));
    }

    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        if (request.length > FrameLimits.MAX_CALL_BYTES) {
            throw new IllegalArgumentException("a request of " + request.length + " bytes; at most " + FrameLimits.MAX_CALL_BYTES);
        }
        LaneChannel lane = best(TrafficClass.CONTROL).lane(TrafficClass.CONTROL);
        if (lane == null) {
            return CompletableFuture.failedFuture(new CallException(CallException.Kind.NOT_CONNECTED, notConnected()));
        }
        Calls.Call call = calls.open(method, CallPriority.forNextCall(), request, timeout);
        calls.send(call, lane);
        if (link(lane.linkId()).lane(TrafficClass.CONTROL) != lane) { // it went down meanwhile: laneLost may have missed this call
            laneLost(lane, "connection lost");
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

    ServedCalls served() {
        return served;
    }

    List<NodeLink> nodeLinks() {
        return links;
    }

    NodeLink link(int linkId) {
        return links.get(linkId);
    }

    boolean knowsLink(int linkId) {
        return linkId < links.size();
    }

    /** A CONTROL lane is lost, or suspect: calls that wait for a reply by it go out again by another, if there is one that is up. */
    void laneLost(LaneChannel lane, String reason) {
        LaneChannel other = best(TrafficClass.CONTROL).lane(TrafficClass.CONTROL);
        boolean lost = link(lane.linkId()).lane(TrafficClass.CONTROL) != lane;
        if (other != null && other != lane) {
            calls.sendAgain(lane, other);
        } else if (lost) {
            calls.failAll(lane, reason);
        }
    }

    /** The lane by which a reply goes: the one that the request came by, unless another is better. */
    LaneChannel laneForReply(LaneChannel asked) {
        NodeLink link = link(asked.linkId());
        if (link.lane(TrafficClass.CONTROL) == asked && link.state() == LinkState.UP) {
            return asked;
        }
        LaneChannel other = best(TrafficClass.CONTROL).lane(TrafficClass.CONTROL);
        return other == null ? asked : other;
    }

    void close() {
        links.forEach(NodeLink::close);
    }

    private NodeLink best(TrafficClass trafficClass) {
        NodeLink connected = links.get(0);
        for (NodeLink link : links) {
            if (link.up(trafficClass)) {
                if (link.state() == LinkState.UP) {
                    return link;
                }
                connected = connected.up(trafficClass) ? connected : link;
            }
        }
        return connected;
    }

    private String notConnected() {
        return "node " + node + " is not connected: " + (links.size() == 1
                ? links.get(0).reason()
                : links.stream().map(link -> link.link() + ": " + link.reason()).collect(Collectors.joining("; ")));
    }
}

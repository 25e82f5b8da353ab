package io.homeport.stream;

import io.homeport.link.LinkPolicy;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import java.util.ArrayList;
import java.util.List;

/**
 * Which link each stub uses: the stub chooses by its policy, its deputy answers by the link that the attach came on, so both directions
 * obey.
 *
 * <pre>
 *   lane up, lane lost, link suspect, link answers again ──► the policy's choice for each stub of that node ──► another? attach by it
 * </pre>
 *
 * <p>Nothing needs to be known about what is under way on the link that is left: offsets tell. Data loop.
 */
final class StubRoutes {
    private final StubTable stubs;
    private final StreamPlane plane;

    StubRoutes(StubTable stubs, StreamPlane plane) {
        this.stubs = stubs;
        this.plane = plane;
    }

    /** A lane to begin with, for a stub that has told nobody anything yet. */
    PeerLane first(StreamState state) {
        return plane.lane(plane.linksTo(state.isOver() ? plane.node() : state.origin()).get(0));
    }

    /** Takes the lane that the policy chooses now, and names the offsets on it unless it was in use already. */
    void route(Stub stub) {
        PeerLane best = choice(stub);
        if (best == stub.lane && stub.bound()) {
            return;
        }
        if (best != stub.lane) {
            unbind(stub);
            stub.lane = best;
        }
        stubs.attach(stub);
    }

    /** Whether the stub may use the lane it has. */
    static boolean allowed(Stub stub) {
        return stub.policy.allows(stub.lane.link().link());
    }

    void laneUp(PeerLane lane) {
        linkChanged(lane);
    }

    /** What goes by it is lost. */
    void laneDown(PeerLane lane) {
        for (Stub stub : stubs.all()) {
            if (stub.lane == lane) {
                unbind(stub);
            }
        }
        linkChanged(lane);
    }

    /** A link to the node of {@code lane} is better or worse than it was. */
    void linkChanged(PeerLane lane) {
        List<Stub> concerned = new ArrayList<>();
        for (Stub stub : stubs.all()) {
            if (stub.lane.leadsTo(lane.node()) && !stub.deputyGone) {
                concerned.add(stub);
            }
        }
        concerned.forEach(this::route);
    }

    private PeerLane choice(Stub stub) {
        if (stub.state.isOver()) {
            return stub.lane;
        }
        List<Peer> links = plane.linksTo(stub.state.origin());
        Peer chosen = stub.policy.choose(links, TrafficClass.STREAM, stub.state.id(), stub.lane.link());
        return chosen == null ? stub.lane : plane.lane(chosen);
    }

    private static void unbind(Stub stub) {
        stub.listenerBound = false;
        if (stub.end != null) {
            stub.end.unbind();
        }
    }
}

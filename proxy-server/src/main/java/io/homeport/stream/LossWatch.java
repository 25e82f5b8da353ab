package io.homeport.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resets streams whose ends have not met for too long: with no link left, nobody is to wait for ever.
 *
 * <pre>
 *   bound ── lane lost ──► not bound: calls block, the journal fills ── bound again in time ──► goes on, nothing is lost
 *                              └── linkLossTimeoutMs ──► reset: the application at the stub, the peer at the deputy, each by its own clock
 * </pre>
 *
 * <p>Time is counted in looks, so a machine that sleeps does not find all its streams overdue. Data loop; costs nothing while there are no
 * streams.
 */
final class LossWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LossWatch.class);
    /** A twentieth of the time-out, within these bounds, is the interval of looks: exact enough for a person, cheap for 10,000 streams. */
    private static final int LOOKS = 20;

    private static final int MIN_LOOK_MS = 10;
    private static final int MAX_LOOK_MS = 500;
    /** Remembered for 'homeport ps': what one service may lose at once and still be read by a person. */
    private static final int MOST_LOSSES = 64;

    private final StreamPlane plane;
    private final StreamContext context;
    private final int lookMs;
    private final ArrayDeque<StreamLoss> losses = new ArrayDeque<>();
    private boolean scheduled;

    LossWatch(StreamPlane plane, StreamContext context) {
        this.plane = plane;
        this.context = context;
        this.lookMs = Math.max(MIN_LOOK_MS, Math.min(context.limits.linkLossTimeoutMs() / LOOKS, MAX_LOOK_MS));
    }

    /** There are streams. */
    void begin() {
        if (!scheduled) {
            scheduled = true;
            context.after(lookMs, this::look);
        }
    }

    /** The last ones, oldest first. */
    List<StreamLoss> losses() {
        return List.copyOf(losses);
    }

    private void look() {
        scheduled = false;
        List<Stub> lostStubs = new ArrayList<>();
        List<Deputy> lostDeputies = new ArrayList<>();
        boolean any = false;
        for (Stub stub : plane.stubTable().all()) {
            any = true;
            if (!stub.isListener() && stub.phase == Stub.Phase.STARTED && !stub.deputyGone && overdue(stub.end)) {
                lostStubs.add(stub);
            }
        }
        for (Deputy deputy : plane.deputies().all()) {
            any = true;
            if (deputy.awaitsStub() && overdue(deputy.end)) {
                lostDeputies.add(deputy);
            }
        }
        lostStubs.forEach(this::reset);
        lostDeputies.forEach(this::reset);
        if (any) {
            begin();
        }
    }

    private boolean overdue(StreamEnd end) {
        return end.waitedMs(lookMs) > context.limits.linkLossTimeoutMs();
    }

    private void reset(Stub stub) {
        String text = text(stub.state.origin());
        LOG.warn("{}: reset, {}", stub.end, text);
        if (!stub.end.over()) {
            if (losses.size() == MOST_LOSSES) {
                losses.removeFirst();
            }
            losses.addLast(new StreamLoss(stub.net, stub.state.local(), stub.state.remote(), System.currentTimeMillis(), text));
        }
        plane.stubTable().giveUp(stub);
    }

    private void reset(Deputy deputy) {
        String where = deputy.end.lane() == null ? "no stub has attached" : text(deputy.end.lane().node());
        LOG.warn("{}: its peer {} is reset, {} for {} ms", deputy.end, deputy.state.remote(), where, context.limits.linkLossTimeoutMs());
        plane.deputies().abort(deputy);
    }

    private String text(String node) {
        return "no way to node " + node + " for " + context.limits.linkLossTimeoutMs() + " ms (" + plane.ways(node) + ")";
    }
}

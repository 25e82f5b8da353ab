package io.homeport.stream;

import io.homeport.link.LinkPolicy;
import io.homeport.socket.ShadowNet;
import java.io.IOException;

/**
 * Stubs that are made before their process is frozen, each as if nothing of its stream came any more: so it is with most of many.
 *
 * <pre>
 *   foresee ─► foreseen ─ adopt: nothing has come ─► one as all others, prepared
 *                 │            something has ──────► retracted, and made anew where the stream stands
 *                 └ retract (there is no such connection any more, or a roll-back)
 * </pre>
 *
 * <p>Data loop.
 */
final class ForeseenStubs {
    private final StubTable table;
    private final StreamContext context;

    ForeseenStubs(StubTable table, StreamContext context) {
        this.table = table;
        this.context = context;
    }

    /** Makes the stub of an end that has a slot. The next daemon knows nothing of it before {@link #adopt}. */
    void foresee(ShadowPairs.End end, ShadowNet net, int epoch, LinkPolicy policy) {
        if (!end.made.isQuiet() || table.find(end.made.id()) != null) {
            return;
        }
        try {
            Kept.fill(context, end.slot, end.made, Role.STUB, end.daemonFd, net.service(), end.room, epoch);
        } catch (IOException e) {
            Kept.unfill(end.slot, end.made); // met again, and told, when it is adopted
            return;
        }
        end.stub = table.begun(end.made(end.made), net, end.slot);
        end.stub.policy = policy;
        end.stub.end.expect();
    }

    /** The stub of a connection whose process is frozen: where the stream stands now. */
    Stub adopt(ShadowPairs.End end, StreamState state, ShadowNet net, int epoch) {
        if (end.stub != null && state.standsAs(end.made)) {
            Kept.publish(context.estate, end.slot, state.id());
            return end.stub;
        }
        ShadowSockets.Made made = end.made(state);
        if (end.slot == null) {
            return table.add(made, net, epoch);
        }
        retract(end);
        return table.begun(made, net, Kept.begin(context, end.slot, state, Role.STUB, end.daemonFd, net.service(), end.room, epoch));
    }

    /** Takes it back, if there is one; its descriptor and its slot stay the pairs'. */
    void retract(ShadowPairs.End end) {
        if (end.stub != null) {
            table.take(end.made.id());
            end.stub.end.local().detach();
            end.stub.end.forget();
            Kept.unfill(end.slot, end.made);
            end.stub = null;
        }
    }
}

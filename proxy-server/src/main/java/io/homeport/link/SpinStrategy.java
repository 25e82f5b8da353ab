package io.homeport.link;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Lets an event loop ask again for some time before it waits, as long as asking finds something: in dense traffic. What ends a wait begins
 * no such time, so a loop with little to do burns nothing. That loop's thread, one for each.
 *
 * <pre>
 *   ask ──► something ──► handle it, ask again
 *    ▲  └─► nothing   ──► found something less than spinNs ago: yield, ask again
 *    └────── handle ◄──── else: wait
 * </pre>
 */
public final class SpinStrategy implements SelectStrategy {
    private final long spinNs;
    private final LongSupplier nanoTime;
    private long until;

    /** @param spinNs for how long after it has last found something. @param nanoTime as System.nanoTime */
    public SpinStrategy(long spinNs, LongSupplier nanoTime) {
        this.spinNs = spinNs;
        this.nanoTime = nanoTime;
        this.until = nanoTime.getAsLong();
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int ready = selectNow.get();
        long now = nanoTime.getAsLong();
        if (ready > 0) {
            until = now + spinNs;
        }
        if (ready > 0 || hasTasks) {
            return ready;
        }
        if (now - until >= 0) {
            return SelectStrategy.SELECT;
        }
        // What it waits for may need this core.
        Thread.yield();
        return SelectStrategy.CONTINUE;
    }
}

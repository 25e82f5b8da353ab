package io.homeport.bench.contender;

import io.homeport.bench.load.Order;
import io.homeport.bench.load.Outcome;
import io.homeport.bench.load.Work;
import io.homeport.lab.LabNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/** A contender that is up. The command's thread; ended with its {@link Contenders}. */
public final class Running {
    private final Contender contender;
    private final Site site;
    private final InetSocketAddress address;
    private final Supplier<List<Long>> relays;

    /**
     * @param site where its client is
     * @param address where it connects to
     * @param relays the processes between client and server, as the host numbers them now; none if nothing is between
     */
    Running(Contender contender, Site site, InetSocketAddress address, Supplier<List<Long>> relays) {
        this.contender = contender;
        this.site = site;
        this.address = address;
        this.relays = relays;
    }

    /** Which one. */
    public Contender contender() {
        return contender;
    }

    /** Where clients connect to. */
    public InetSocketAddress address() {
        return address;
    }

    /** The node that they connect from. */
    public LabNode clientNode() {
        return site.clientNode();
    }

    /** Does work through it. @throws IOException if it fails, or a byte is not the right one */
    public Outcome run(Work work, int ms, int perSecond) throws IOException {
        try {
            return site.client().run(Order.of(work, address, ms, perSecond));
        } catch (IOException failed) {
            throw new IOException(contender + ": " + failed.getMessage(), failed);
        }
    }

    /** Processor time of all its relay processes so far, in seconds. */
    public double cpuSeconds() {
        return CpuClock.seconds(relays.get());
    }
}

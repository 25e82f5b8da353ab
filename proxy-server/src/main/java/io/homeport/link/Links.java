package io.homeport.link;

import io.homeport.link.lane.LaneAcceptor;
import io.homeport.link.lane.LaneChannel;
import io.homeport.link.lane.LaneDialer;
import io.homeport.link.lane.LaneOwner;
import io.homeport.link.lane.LaneSettings;
import io.homeport.link.lane.LaneTarget;
import io.homeport.link.lane.LaneTls;
import io.homeport.wire.link.GoodbyeReason;
import io.homeport.wire.link.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All links of this node.
 *
 * <p>Life: construct, {@link #register} listeners and the request handler, {@link #start}, {@link #close}. Of two nodes the
 * one with the lower name dials; the other accepts. The rest may be called from any thread.
 */
public final class Links implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);
    /** 100 us: a round trip between two machines of one network; whoever answers later may find the loop asleep. */
    private static final long DATA_SPIN_NS = 100_000;

    private final LinkConfig config;
    private final EventLoopGroup ownLoops;
    private final Map<TrafficClass, EventLoop> loops = new EnumMap<>(TrafficClass.class);
    private final Map<TrafficClass, LaneListener> listeners = new EnumMap<>(TrafficClass.class);
    private final Map<String, NodePeer> peers = new TreeMap<>();
    private final LoopbackPeer self;
    private RequestHandler handler;
    private CallServer server;
    private LaneAcceptor acceptor;
    private boolean closed;

    /**
     * Links that do nothing yet.
     *
     * @param dataLoop an epoll event loop that serves the STREAM lanes of all peers, and whatever else its owner does with
     *     it; not closed here
     * @throws IllegalArgumentException naming everything that is wrong with {@code config}
     */
    public Links(LinkConfig config, EventLoop dataLoop) {
        List<String> problems = config.problems();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        this.config = config;
        this.ownLoops = new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("homeport-link", true), EpollIoHandler.newFactory());
        loops.put(TrafficClass.CONTROL, ownLoops.next());
        loops.put(TrafficClass.STREAM, dataLoop);
        loops.put(TrafficClass.BULK, ownLoops.next());
        config.peers().forEach((node, links) -> peers.put(node, new NodePeer(node, links, loops.get(TrafficClass.CONTROL))));
        this.self = new LoopbackPeer(config.node(), loops, listeners, () -> server);
    }

    /** An event loop group of one loop, fit to be the data loop. In dense traffic it does not fall asleep. Its maker closes it. */
    public static EventLoopGroup newDataLoopGroup() {
        return new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("homeport-data", true),
                // 0 events: as many at once as there are, its default.
                EpollIoHandler.newFactory(0, () -> new SpinStrategy(DATA_SPIN_NS, System::nanoTime)));
    }

    /** Registers who hears about the lanes of a class. Before {@link #start}; once per class. */
    public void register(TrafficClass trafficClass, LaneListener listener) {
        if (listeners.putIfAbsent(trafficClass, listener) != null) {
            throw new IllegalStateException("lane " + trafficClass + " has a listener already");
        }
    }

    /** Registers who serves requests. Before {@link #start}; once. */
    public void register(RequestHandler requestHandler) {
        if (handler != null) {
            throw new IllegalStateException("there is a request handler already");
        }
        handler = requestHandler;
    }

    /**
     * Listens, and begins to dial. Blocks until bound.
     *
     * @throws IOException if the certificates can't be used or the address can't be bound
     */
    public void start() throws IOException {
        LinkConfig.TlsFiles files = config.tls();
        LaneTls tls = files == null
                ? null
                : LaneTls.open(config.node(), files.authority(), files.certificate(), files.key(), files.revocations());
        if (tls == null) {
            LOG.warn("Links of node {} use no TLS: anyone who reaches {} can take part in the cluster", config.node(), config.listenAddresses());
        }
        LinkConfig.Timings timings = config.timings();
        LaneSettings settings = new LaneSettings(
                config.node(), new SecureRandom().nextLong(), tls, timings.connectTimeoutMs(), timings.probeIntervalMs(),
                timings.txRetries(), timings.linkTimeoutMs(), timings.firstRetryMs(), timings.maxRetryMs());
        Owner owner = new Owner();
        server = new CallServer(handler);
        acceptor = new LaneAcceptor(settings, owner);
        for (InetSocketAddress address : config.listenAddresses()) {
            acceptor.start(address);
        }
        self.start();
        config.peers().forEach((node, addresses) -> {
            if (config.node().compareTo(node) < 0) {
                for (int linkId = 0; linkId < addresses.size(); linkId++) {
                    LinkAddress address = addresses.get(linkId);
                    dial(settings, owner, new LaneTarget(node, linkId, address.address(), address.device()));
                }
            }
        });
    }

    /** Where this node listens, first. After {@link #start}. */
    public InetSocketAddress listenAddress() {
        return listenAddresses().get(0);
    }

    /** Where this node listens. After {@link #start}. */
    public List<InetSocketAddress> listenAddresses() {
        return acceptor.addresses();
    }

    /** By which links streams go that were not told otherwise. */
    public LinkPolicy policy() {
        return config.policy();
    }

    /** How the links to a node stand; none for this node itself. */
    public List<LinkFacts> facts(String node) {
        NodePeer peer = peers.get(node);
        return peer == null ? List.of() : peer.nodeLinks().stream().map(NodeLink::facts).toList();
    }

    /** The event loop that serves the lanes of a class. */
    public EventLoop loop(TrafficClass trafficClass) {
        return loops.get(trafficClass);
    }

    /**
     * The peer of this name; {@link #self} for this node's own.
     *
     * @throws IllegalArgumentException if the configuration has no such node
     */
    public Peer peer(String node) {
        if (node.equals(config.node())) {
            return self;
        }
        Peer peer = peers.get(node);
        if (peer == null) {
            throw new IllegalArgumentException("node " + node + " is not a peer of " + config.node() + "; known are " + peers.keySet());
        }
        return peer;
    }

    /** All other nodes, by name. */
    public Collection<Peer> peers() {
        return Collections.unmodifiableCollection(peers.values());
    }

    /** This node as a peer of itself: frames go to its own listeners, calls to its own handler. */
    public Peer self() {
        return self;
    }

    /** Says goodbye on every lane and stops. Not on an event loop. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (acceptor != null) {
            acceptor.close();
        }
        peers.values().forEach(NodePeer::close);
        if (server != null) {
            server.close();
        }
        ownLoops.shutdownGracefully(50, 1_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    private void dial(LaneSettings settings, Owner owner, LaneTarget target) {
        for (TrafficClass trafficClass : TrafficClass.values()) {
            LaneDialer dialer = new LaneDialer(settings, owner, trafficClass.lane(), target);
            peers.get(target.node()).link(target.linkId()).dialledBy(trafficClass, dialer);
            dialer.start();
        }
    }

    /** Brings what happens on lanes to peers and listeners. On the loop of the lane. */
    private final class Owner implements LaneOwner {
        private final ControlFrames control = new ControlFrames();

        @Override
        public EventLoop loop(Lane lane) {
            return loops.get(TrafficClass.ofWire(lane.value()));
        }

        @Override
        public boolean mayDial(String node) {
            return peers.containsKey(node) && node.compareTo(config.node()) < 0;
        }

        @Override
        public boolean knowsLink(String node, int linkId) {
            return peers.get(node).knowsLink(linkId);
        }

        @Override
        public void up(LaneChannel lane) {
            TrafficClass trafficClass = classOf(lane);
            NodeLink link = linkOf(lane);
            LaneChannel before = link.lane(trafficClass);
            if (before != null) {
                before.close(GoodbyeReason.REPLACED, "node " + lane.node() + " has dialled again");
            }
            link.setLane(trafficClass, lane, "");
            LOG.info("Lane {} to node {} is up", trafficClass, link);
            LaneListener listener = listeners.get(trafficClass);
            if (listener != null) {
                listener.up(link, trafficClass);
            }
            if (trafficClass == TrafficClass.CONTROL) {
                tellOfChange(link);
            }
        }

        @Override
        public void down(LaneChannel lane, String reason) {
            TrafficClass trafficClass = classOf(lane);
            NodeLink link = linkOf(lane);
            if (link.lane(trafficClass) != lane) {
                return;
            }
            link.setLane(trafficClass, null, reason);
            LOG.warn("Lane {} to node {} is down: {}", trafficClass, link, reason);
            if (trafficClass == TrafficClass.CONTROL) {
                peers.get(lane.node()).laneLost(lane, reason);
                tellOfChange(link);
            }
            LaneListener listener = listeners.get(trafficClass);
            if (listener != null) {
                listener.down(link, trafficClass, reason);
            }
        }

        @Override
        public void suspected(LaneChannel lane, boolean suspect) {
            NodeLink link = linkOf(lane);
            if (lane.lane() != Lane.CONTROL || link.lane(TrafficClass.CONTROL) != lane) {
                return;
            }
            link.suspect(suspect);
            LOG.info("Link to node {} {}", link, suspect ? "is suspect: its probes are not answered" : "answers probes again");
            if (suspect) {
                peers.get(lane.node()).laneLost(lane, "probes are not answered");
            }
            tellOfChange(link);
        }

        @Override
        public void frame(LaneChannel lane, int templateId, ByteBuf frame) {
            if (lane.lane() == Lane.CONTROL && control.serve(peers.get(lane.node()), server, lane, templateId, frame)) {
                return;
            }
            LaneListener listener = listeners.get(classOf(lane));
            if (listener != null) {
                listener.frame(linkOf(lane), frame);
            }
        }

        @Override
        public void writable(LaneChannel lane) {
            LaneListener listener = listeners.get(classOf(lane));
            if (listener != null) {
                listener.writable(linkOf(lane));
            }
        }

        private NodeLink linkOf(LaneChannel lane) {
            return peers.get(lane.node()).link(lane.linkId());
        }

        private static TrafficClass classOf(LaneChannel lane) {
            return TrafficClass.ofWire(lane.lane().value());
        }

        /** The state of a link is that of its CONTROL lane; the others' listeners hear of it on their own loops. */
        private void tellOfChange(NodeLink link) {
            listeners.forEach((trafficClass, listener) -> {
                if (trafficClass != TrafficClass.CONTROL) {
                    loops.get(trafficClass).execute(() -> listener.linkChanged(link));
                }
            });
        }
    }
}

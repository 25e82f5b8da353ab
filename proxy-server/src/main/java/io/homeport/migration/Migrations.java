package io.homeport.migration;

import io.homeport.link.LinkPolicy;
import io.homeport.link.Peer;
import io.homeport.link.RequestHandler;
import io.homeport.migration.arrival.ArrivalDesk;
import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.ArrivalLimits;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.QuietCompilers;
import io.homeport.migration.departure.CutShort;
import io.homeport.migration.departure.Departure;
import io.homeport.migration.departure.Itinerary;
import io.homeport.migration.departure.MigrationFailure;
import io.homeport.migration.departure.MoveReport;
import io.homeport.migration.departure.ObstaclesException;
import io.homeport.migration.departure.Outlook;
import io.homeport.migration.departure.Preparation;
import io.homeport.migration.departure.Progress;
import io.homeport.migration.departure.Step;
import io.homeport.migration.departure.StepClock;
import io.homeport.service.ServiceDirectory;
import io.homeport.service.ServiceView;
import io.homeport.service.ServiceViews;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The migrations of one node: those that leave run on the thread of whoever asks, those that arrive on the link's request
 * threads. Any thread.
 */
public final class Migrations implements Closeable {
    private final NodeParts node;
    private final ArrivalDesk desk;
    private final List<CutShort> forward;
    private final Set<Integer> leaving = ConcurrentHashMap.newKeySet();

    public Migrations(NodeParts node, ArrivalLimits limits) throws IOException {
        Leftovers.clear(node);
        this.forward = Succession.take(node);
        this.node = node;
        this.desk = new ArrivalDesk(node, limits);
    }

    /** Serves the sources of migrations to this node, and the destinations of those that left it. */
    public RequestHandler requests() {
        return (from, method, request) -> method == Messages.INQUIRY ? answerInquiry(request) : desk.handle(from, method, request);
    }

    /**
     * The process that a user means.
     *
     * @param target a process id of this node, or a service's name
     * @throws IOException if there is no such service, or several
     */
    public int find(String target) throws IOException {
        return ServiceDirectory.find(target);
    }

    /** Says what would become of every descriptor, and what stands in the way; nothing is touched. */
    public Outlook examine(int pid, String destination) throws IOException {
        try (Itinerary itinerary = new Preparation(node, peer(destination)).examine(pid)) {
            return new Outlook(itinerary.service().name(), itinerary.fates(), itinerary.obstacles());
        } catch (ObstaclesException e) {
            return new Outlook("process " + pid, List.of(), e.obstacles());
        }
    }

    /**
     * Moves a process, on the calling thread.
     *
     * @param pid as this daemon sees it
     * @param destination the name of a node
     * @param policy by which links its streams shall go from then on, and its images now; null: as before
     * @throws ObstaclesException if something stands in the way; nothing was touched
     * @throws MigrationFailure if a step failed; everything was undone
     * @throws IOException if there is no such process or node
     */
    public MoveReport migrate(int pid, String destination, LinkPolicy policy, Progress progress)
            throws IOException, ObstaclesException, MigrationFailure {
        if (!leaving.add(pid)) {
            throw new IOException("process " + pid + " is being moved already");
        }
        try {
            StepClock clock = new StepClock(System::nanoTime, progress);
            Peer peer = peer(destination);
            if (policy != null && !policy.isKnownTo(peer)) {
                throw new IOException("node " + node.name() + " has no link '" + policy.link() + "' to node " + destination + ", only "
                        + peer.links().stream().map(Peer::link).toList() + "; 'homeport links' shows them");
            }
            clock.begin(Step.PREPARE, "looking for obstacles");
            node.socketReturn().pause(pid);
            try (Itinerary itinerary = new Preparation(node, peer).examine(pid).by(policy)) {
                if (!itinerary.obstacles().isEmpty()) {
                    throw new ObstaclesException(itinerary.obstacles());
                }
                try (QuietCompilers quiet = QuietCompilers.begin()) {
                    return new Departure(node, itinerary, peer, clock, progress).run();
                }
            } finally {
                node.socketReturn().resume(pid);
            }
        } finally {
            leaving.remove(pid);
        }
    }

    /** Whether a service is on its way out. */
    public boolean anyLeaving() {
        return !leaving.isEmpty();
    }

    /** The services of this node, whether they have moved or not. */
    public List<ServiceView> services() throws IOException {
        return new ServiceViews(node.name(), node.streams(), node.services(), node.namespaceCookie()).all();
    }

    /** Ends what goes on in the background; the services and their streams are not touched. */
    @Override
    public void close() {
        forward.forEach(CutShort::close);
        desk.close();
        node.socketReturn().close();
        node.optionWatch().close();
    }

    private CompletableFuture<byte[]> answerInquiry(byte[] request) {
        try {
            boolean open = node.underway().isOpen(Messages.inquiryId(request));
            return CompletableFuture.completedFuture(Messages.inquiryReply(open));
        } catch (IOException unreadable) {
            return CompletableFuture.failedFuture(unreadable);
        }
    }

    private Peer peer(String destination) throws IOException {
        if (destination.equals(node.name())) {
            throw new IOException("this is node " + destination + " already: name another one");
        }
        List<String> names = node.links().peers().stream().map(Peer::node).toList();
        if (!names.contains(destination)) {
            throw new IOException("node " + node.name() + " knows no node '" + destination + "', only " + names
                    + "; add it to the peers of its configuration file");
        }
        return node.links().peer(destination);
    }
}

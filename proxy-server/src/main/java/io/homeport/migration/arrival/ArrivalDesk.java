package io.homeport.migration.arrival;

import io.homeport.faults.FaultPoint;
import io.homeport.link.Peer;
import io.homeport.link.RequestHandler;
import io.homeport.migration.contract.ArrivalLimits;
import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Offer;
import io.homeport.migration.contract.RecordFile;
import io.homeport.migration.contract.ServiceRecord;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the sources of migrations to this node. Called on the link's request threads; one migration's requests are
 * served one at a time, under its arrival's lock.
 */
public final class ArrivalDesk implements RequestHandler, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ArrivalDesk.class);

    private final NodeParts node;
    private final ArrivalLimits limits;
    private final Welcome welcome;
    private final Map<Long, Arrival> arrivals = new ConcurrentHashMap<>();
    private final Inquiries inquiries;

    /** Takes up what the daemon before this one has promised or taken. */
    public ArrivalDesk(NodeParts node, ArrivalLimits limits) throws IOException {
        this.node = node;
        this.limits = limits;
        this.welcome = new Welcome(node, limits);
        for (CommitLog.Entry entry : node.commitLog().entries()) {
            if (entry.word() != CommitLog.Word.GIVEN) {
                arrivals.put(entry.migrationId(), Arrival.recovered(node, entry));
            }
        }
        this.inquiries = new Inquiries(node, arrivals);
        node.transfers().admitBy(this::objection, limits.imageLimitBytes());
        node.transfers().onFile(this::stored);
    }

    @Override
    public CompletableFuture<byte[]> handle(Peer from, short method, byte[] request) {
        try {
            return CompletableFuture.completedFuture(answer(from.node(), method, request));
        } catch (IOException | RuntimeException e) {
            LOG.warn("request {} of {} failed", method, from.node(), e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Asks no more. What has arrived is not touched. */
    @Override
    public void close() {
        inquiries.close();
    }

    private byte[] answer(String source, short method, byte[] request) throws IOException {
        return switch (method) {
            case Messages.OFFER -> offer(source, Offer.decode(request));
            case Messages.RESTORE -> restore(arrival(source, Messages.restoreId(request)));
            case Messages.COMMIT -> commit(source, Messages.commitId(request), Messages.waiting(request));
            case Messages.ABORT -> abort(source, Messages.abortId(request));
            default -> null;
        };
    }

    /** Images come only from the node whose offer was welcome, once, and no more than this node takes. */
    Optional<String> objection(String source, long migrationId, long imageBytes) {
        Arrival arrival = arrivals.get(migrationId);
        if (arrival == null || !arrival.source().equals(source) || arrival.state() != ArrivalState.OFFERED) {
            return Optional.of("node " + node.name() + " expects no images of migration " + Long.toHexString(migrationId) + " from " + source);
        }
        return welcome.tooLarge(imageBytes);
    }

    /**
     * The record comes while the source still makes the images: it is read, and the sockets are made, on threads of their own. One of what was foreseen comes
     * while the service still runs; the transfer goes on when its sockets are made, so that the source knows. When all that CRIU needs has come,
     * it begins.
     */
    private void stored(String source, long migrationId, String name, Path file) {
        Arrival arrival = arrivals.get(migrationId);
        if (arrival == null || !arrival.source().equals(source)) {
            return;
        }
        try {
            if (name.equals(MigrationFiles.FORESEEN)) {
                ServiceRecord foreseen = RecordFile.read(file);
                alone(arrival, () -> arrival.foresee(foreseen));
            } else if (name.equals(MigrationFiles.RECORD)) {
                RecordFile.Unread record = RecordFile.open(file, arrival.foreseen());
                arrival.recordCame(record);
                CompletableFuture.runAsync(() -> moor(arrival, record));
            } else if (name.equals(MigrationFiles.FROZEN)) {
                CompletableFuture.runAsync(() -> alone(arrival, arrival::freeze));
            } else if (name.equals(MigrationFiles.DUMPED)) {
                CompletableFuture.runAsync(() -> alone(arrival, arrival::begin));
            }
        } catch (IOException e) {
            warn(arrival, e);
        }
    }

    private static void alone(Arrival arrival, Runnable step) {
        synchronized (arrival) {
            step.run();
        }
    }

    private static void moor(Arrival arrival, RecordFile.Unread unread) {
        try {
            ServiceRecord record = unread.read();
            alone(arrival, () -> arrival.moor(record));
        } catch (IOException e) {
            warn(arrival, e);
        }
    }

    private static void warn(Arrival arrival, IOException unread) {
        LOG.warn("the record of migration {} from {}: {}", Long.toHexString(arrival.migrationId()), arrival.source(), unread.getMessage());
    }

    private byte[] offer(String source, Offer offer) throws IOException {
        List<String> obstacles = new ArrayList<>(welcome.obstacles(source, offer));
        long underway = arrivals.values().stream().filter(Arrival::isUnderway).count();
        if (underway >= limits.arrivals()) {
            obstacles.add(underway + " migrations to it are under way, all that it takes at a time: try again, or raise limits.arrivals there");
        }
        if (obstacles.isEmpty()) {
            arrivals.putIfAbsent(offer.migrationId(), Arrival.offered(node, offer.migrationId(), source));
            node.faults().reach(FaultPoint.OFFERED);
        }
        return Offer.encodeReply(obstacles);
    }

    private static byte[] restore(Arrival arrival) throws IOException {
        synchronized (arrival) {
            return Messages.ready(arrival.restore());
        }
    }

    private byte[] commit(String source, long migrationId, List<Long> waiting) throws IOException {
        Arrival arrival = arrival(source, migrationId);
        synchronized (arrival) {
            arrival.commit(waiting);
        }
        // The source waits for the answer with its own clearing up, the user for the word that the service runs.
        CompletableFuture.runAsync(() -> tidy(arrival));
        return Messages.committed(migrationId);
    }

    private static void tidy(Arrival arrival) {
        try {
            synchronized (arrival) {
                arrival.tidy();
            }
        } catch (IOException e) {
            LOG.warn("images of an arrived service are left behind: {}", e.getMessage());
        }
    }

    /** One that is not known here is over already. */
    private byte[] abort(String source, long migrationId) throws IOException {
        Arrival arrival = arrivals.get(migrationId);
        if (arrival != null && arrival.source().equals(source)) {
            synchronized (arrival) {
                arrival.abort();
            }
        }
        return Messages.aborted(migrationId);
    }

    private Arrival arrival(String source, long migrationId) throws IOException {
        Arrival arrival = arrivals.get(migrationId);
        if (arrival == null || !arrival.source().equals(source)) {
            throw new IOException(node.name() + " knows no migration " + Long.toHexString(migrationId) + " from " + source);
        }
        return arrival;
    }
}

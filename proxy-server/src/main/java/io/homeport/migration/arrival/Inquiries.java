package io.homeport.migration.arrival;

import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the sources of the arrivals that are not over whether they are: an {@code Abort} may have been lost, a source may have
 * forgotten a migration in a restart, and only when it is over there may the word {@code MINE} go. Deletes images that belong
 * to no arrival. One thread of its own; closed by the desk.
 */
final class Inquiries implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Inquiries.class);
    /** Nobody waits for the answer; what is left over goes within some seconds. */
    private static final int PAUSE_MS = 1_000;

    private final NodeParts node;
    private final Map<Long, Arrival> arrivals;
    private final Set<Long> asked = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "homeport-inquiry");
        made.setDaemon(true);
        return made;
    });

    /** @param arrivals by id; those that are over are removed */
    Inquiries(NodeParts node, Map<Long, Arrival> arrivals) {
        this.node = node;
        this.arrivals = arrivals;
        thread.scheduleWithFixedDelay(this::round, PAUSE_MS, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void round() {
        try {
            arrivals.values().stream().filter(arrival -> asked.add(arrival.migrationId())).forEach(this::ask);
            sweep();
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot inquire after arrivals, trying again: {}", e.getMessage());
        }
    }

    private void ask(Arrival arrival) {
        long id = arrival.migrationId();
        try {
            node.links().peer(arrival.source())
                    .call(Messages.INQUIRY, Messages.inquiry(id), node.callTimeout())
                    .whenCompleteAsync((reply, failure) -> answered(arrival, reply), thread);
        } catch (IllegalArgumentException noPeer) {
            LOG.warn("the source of migration {} is no peer any more, what it left stays: {}", Long.toHexString(id), noPeer.getMessage());
        }
    }

    /** @param reply null if none came: asked again in the next round */
    private void answered(Arrival arrival, byte[] reply) {
        asked.remove(arrival.migrationId());
        try {
            synchronized (arrival) {
                if (reply != null && !Messages.isOpen(reply)) {
                    arrival.over();
                }
                if (arrival.isOver()) {
                    arrivals.remove(arrival.migrationId());
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot end migration {} from {}, trying again: {}", Long.toHexString(arrival.migrationId()), arrival.source(), e.getMessage());
        }
    }

    /** An offer comes before its images: those without one are of a migration that is over. */
    private void sweep() throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(node.transfers().directory(0).getParent(), "[0-9a-f]*[0-9a-f]")) {
            for (Path directory : directories) {
                if (!arrivals.containsKey(Long.parseUnsignedLong(directory.getFileName().toString(), 16))) {
                    new MigrationFiles(directory).delete();
                }
            }
        }
    }
}

package io.homeport.migration.departure;

import io.homeport.criu.CriuException;
import io.homeport.criu.Dump;
import io.homeport.criu.DumpRequest;
import io.homeport.criu.MemoryAhead;
import io.homeport.criu.WriteWatch;
import io.homeport.faults.FaultPoint;
import io.homeport.migration.contract.Beside;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.process.ProcessStatus;
import io.homeport.transfer.Shipment;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What CRIU needs of a leaving process.
 *
 * <pre>
 *   copyAhead   it runs                 ahead/   its memory
 *   prepare     it runs: CRIU's command waits
 *   send        it stands still: CRIU   images/  everything else, and what has changed of the memory
 *               beside CRIU             carried/ files of its own
 *                                       dumped   the destination can restore
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
final class Images implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Images.class);
    private static final long ROOM_TO_SPARE_BYTES = 64L << 20;

    private final NodeParts node;
    private final Itinerary itinerary;
    private final MigrationFiles files;
    private final Shipment shipment;
    /** Null if nothing has gone ahead. */
    private MemoryAhead ahead;
    private Dump dump;

    Images(NodeParts node, Itinerary itinerary, MigrationFiles files, Shipment shipment) {
        this.node = node;
        this.itinerary = itinerary;
        this.files = files;
        this.shipment = shipment;
    }

    /** While the process runs: what it does not change until it is frozen need not be sent then. Needs room for its memory twice. */
    void copyAhead() throws IOException {
        long residentBytes = ProcessStatus.read(itinerary.pid()).residentBytes();
        long room = Files.getFileStore(files.directory()).getUsableSpace();
        if (room < 2 * residentBytes + ROOM_TO_SPARE_BYTES) {
            LOG.info("{}: all of its memory is sent in the freeze, for {} MB of room are too little for a copy and the images",
                    itinerary.service().name(), room >> 20);
            return;
        }
        ahead = MemoryAhead.copy(itinerary.pid(), files.ahead(), watchWrites());
        sendAll(files.allAhead());
        shipment.catchUp();
    }

    /** Null, if this kernel or this process does not allow it: then its memory is compared in the freeze. */
    private WriteWatch watchWrites() {
        try {
            return WriteWatch.begin(itinerary.pid(), itinerary.agent().userfaultfd());
        } catch (IOException e) {
            LOG.info("{}: its memory is compared in the freeze with what has gone ahead: {}", itinerary.service().name(), e.getMessage());
            return null;
        }
    }

    /**
     * The process is stopped: makes the images and lets them go, with the files that are to be in place before they are restored.
     *
     * @return how long CRIU took, in milliseconds
     */
    double send() throws IOException {
        Beside<Void> carried = Beside.begin("carried files", this::sendCarried);
        double criuMs;
        try {
            criuMs = runDump();
        } finally {
            carried.awaitEnd();
        }
        if (ahead != null) {
            long leftBytes = ahead.supplement(files.images());
            LOG.info("{}: {} MB of memory have gone ahead, {} MB have changed since", itinerary.service().name(), ahead.bytes() >> 20, leftBytes >> 20);
        }
        node.faults().reach(FaultPoint.DUMP_AFTER);
        carried.await();
        sendAll(files.allImages());
        Files.createFile(files.dumped());
        shipment.send(files.dumped());
        return criuMs;
    }

    private Void sendCarried() throws IOException {
        node.carriedFiles().copyInto(itinerary.pid(), files.carried());
        sendAll(files.allCarried());
        return null;
    }

    /** While the process runs, when what goes ahead has gone: so that CRIU need only begin. */
    void prepare() throws IOException {
        DumpRequest request = new DumpRequest(itinerary.pid(), files.images());
        dump = node.criu().prepare(ahead == null ? request : request.leavingMemory(node.places().capsule()));
    }

    private void sendAll(List<Path> complete) throws IOException {
        for (Path file : complete) {
            shipment.send(file);
        }
    }

    /** @return how long it took, in milliseconds */
    private double runDump() throws IOException {
        long beganNs = System.nanoTime();
        try {
            if (ahead != null) {
                ahead.findChanges();
            }
            dump.run();
            return (System.nanoTime() - beganNs) / 1e6;
        } catch (CriuException e) {
            throw files.keepingLog(e, "dump.log");
        }
    }

    /** The room of what has gone ahead is given back, its memory watched no more. */
    @Override
    public void close() throws IOException {
        if (dump != null) {
            dump.close();
        }
        if (ahead != null) {
            ahead.close();
        }
    }
}

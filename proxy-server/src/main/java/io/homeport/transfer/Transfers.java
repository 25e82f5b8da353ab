package io.homeport.transfer;

import io.homeport.files.DirectoryTree;
import io.homeport.link.FrameBuffers;
import io.homeport.link.LaneListener;
import io.homeport.link.LinkPolicy;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.FileAckDecoder;
import io.homeport.wire.link.TransferOpenDecoder;
import io.homeport.wire.link.TransferResultDecoder;
import io.homeport.wire.link.TransferStatus;
import io.netty.buffer.ByteBuf;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends and receives directories of files. Register it as the listener of the BULK lane.
 *
 * <p>{@link #send} blocks its caller; {@link #directory} and {@link #delete} may be called from any thread; the listener's
 * methods are called on the bulk loop. Closed by its maker.
 */
public final class Transfers implements LaneListener, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);

    /** After the name of a directory, that of the file that lies beside it until it is complete. */
    private static final String PARTIAL = ".part";

    /** Process images hold every secret of the process: rwx------. */
    public static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Transfers that are received at the same time from one peer; each has a thread and up to a window of memory. */
    private static final int MAX_INCOMING = 8;

    private final Path spool;
    private final Map<Key, OutgoingTransfer> outgoing = new ConcurrentHashMap<>();
    private final Map<Key, IncomingTransfer> incoming = new ConcurrentHashMap<>();
    private final Executor threads;
    private final Runnable endThreads;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final TransferOpenDecoder open = new TransferOpenDecoder();
    private final FileAckDecoder ack = new FileAckDecoder();
    private final TransferResultDecoder result = new TransferResultDecoder();

    private volatile Admission admission = (node, transferId, expectedBytes) -> Optional.empty();
    private volatile long mostBytes = Long.MAX_VALUE;
    private volatile FileListener listener = (node, transferId, name, file) -> {};

    private record Key(String node, long transferId) {}

    /**
     * Makes {@code spool} if need be.
     *
     * @param spool directory of this daemon alone
     */
    public Transfers(Path spool) throws IOException {
        this(spool, Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "homeport-transfer");
            thread.setDaemon(true);
            return thread;
        }));
    }

    private Transfers(Path spool, ExecutorService threads) throws IOException {
        this(spool, threads, threads::shutdown);
    }

    /** @param threads runs each transfer that is received; {@code endThreads} is run at the end */
    Transfers(Path spool, Executor threads, Runnable endThreads) throws IOException {
        this.spool = spool;
        this.threads = threads;
        this.endThreads = endThreads;
        if (!Files.isDirectory(spool)) {
            Files.createDirectories(spool, PRIVATE);
        }
    }

    /** Removes what an earlier life has left incomplete. To be called before any transfer begins. */
    public void sweep() throws IOException {
        try (Stream<Path> left = Files.list(spool)) {
            left.filter(path -> path.getFileName().toString().endsWith(PARTIAL)).forEach(Transfers::deletePartial);
        }
    }

    /**
     * Begins to send the files below {@code directory}: first those that {@link Shipment#send} names, the others at {@link Shipment#finish}.
     *
     * @param policy by which of the links; a transfer stays with the one it began on
     * @param transferId random; names the directory at the peer
     * @param expectedBytes about what it will be: the peer looks for room
     * @throws IOException if no allowed link is there
     */
    public Shipment begin(Peer peer, LinkPolicy policy, long transferId, Path directory, long expectedBytes) throws IOException {
        Peer link = policy.choose(peer.links(), TrafficClass.BULK, transferId, null);
        if (link == null || !link.up(TrafficClass.BULK)) {
            throw new IOException("cannot send " + directory + ": lane BULK to node " + peer.node() + " is down"
                    + (policy.equals(LinkPolicy.LOADBALANCE) ? "" : " on the links that " + policy + " allows"));
        }
        Key key = new Key(peer.node(), transferId);
        OutgoingTransfer transfer = new OutgoingTransfer(link, transferId, directory, expectedBytes, () -> outgoing.remove(key));
        if (outgoing.putIfAbsent(key, transfer) != null) {
            throw new IOException("transfer " + SpoolPath.directoryName(transferId) + " to node " + peer.node() + " is under way already");
        }
        threads.execute(transfer);
        return transfer;
    }

    /** Sends a directory that is complete, by any of the links, and returns when the peer has it. Blocks; fails as {@link Shipment#finish}. */
    public void send(Peer peer, long transferId, Path directory, Progress progress) throws IOException {
        long bytes = 0;
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        try (Shipment shipment = begin(peer, LinkPolicy.LOADBALANCE, transferId, directory, bytes)) {
            shipment.finish(progress);
        }
    }

    /** Who decides from now on which transfers may come, and what each may hold; before, all may come. Any thread. */
    public void admitBy(Admission decides, long bytesEach) {
        admission = decides;
        mostBytes = bytesEach;
    }

    /** Who hears of files from now on. Any thread. */
    public void onFile(FileListener hears) {
        listener = hears;
    }

    /** Where a received transfer lies, or will lie: there is {@link FileListener} to tell which of its files are, until it is complete. */
    public Path directory(long transferId) {
        return spool.resolve(SpoolPath.directoryName(transferId));
    }

    /** Removes a received transfer. */
    public void delete(long transferId) {
        deleteTree(directory(transferId));
    }

    @Override
    public void up(Peer peer, TrafficClass trafficClass) {
        // A sender begins anew.
    }

    @Override
    public void down(Peer peer, TrafficClass trafficClass, String reason) {
        outgoing.values().stream().filter(transfer -> transfer.peer() == peer).forEach(transfer -> transfer.lost(reason));
        incoming.values().stream().filter(transfer -> transfer.peer() == peer).forEach(transfer -> transfer.cancel("lost the lane: " + reason));
    }

    @Override
    public void frame(Peer peer, ByteBuf frame) {
        FrameBuffers.viewReadable(view, frame);
        int templateId = Frames.templateId(view, 0, frame.readableBytes());
        if (Frames.blockLength(view, 0) < Long.BYTES) {
            throw new MalformedFrameException("message " + templateId + " without a transfer id");
        }
        Key key = new Key(peer.node(), Frames.streamId(view, 0)); // all messages of this lane begin with the transferId
        try {
            served(key, peer, templateId, frame);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedFrameException("template " + templateId + ", " + frame.readableBytes() + " bytes: " + e.getMessage());
        }
    }

    private void served(Key key, Peer peer, int templateId, ByteBuf frame) {
        switch (templateId) {
            case TransferOpenDecoder.TEMPLATE_ID -> opened(key, peer);
            case FileAckDecoder.TEMPLATE_ID -> acknowledged(key);
            case TransferResultDecoder.TEMPLATE_ID -> ended(key, frame);
            default -> {
                IncomingTransfer transfer = incoming.get(key);
                if (transfer != null) { // else it has failed here and the sender does not know yet
                    transfer.frame(frame);
                }
            }
        }
    }

    @Override
    public void writable(Peer peer) {
        outgoing.values().stream().filter(transfer -> transfer.peer() == peer).forEach(OutgoingTransfer::writable);
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        outgoing.values().forEach(transfer -> transfer.lost("this daemon stops"));
        incoming.values().forEach(transfer -> transfer.cancel("this daemon stops"));
        endThreads.run();
    }

    private void opened(Key key, Peer peer) {
        open.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        if (incoming.keySet().stream().filter(other -> other.node.equals(key.node)).count() >= MAX_INCOMING) {
            throw new MalformedFrameException("more than " + MAX_INCOMING + " transfers at a time");
        }
        Optional<String> objection = admission.objection(key.node, key.transferId, open.expectedBytes());
        if (objection.isPresent()) {
            LOG.warn("Transfer {} from node {} is refused: {}", SpoolPath.directoryName(key.transferId), key.node, objection.get());
            peer.send(TrafficClass.BULK, TransferFrames.result(key.transferId, TransferStatus.REFUSED, objection.get()));
            peer.flush(TrafficClass.BULK);
            return;
        }
        IncomingTransfer transfer = new IncomingTransfer(
                peer, key.transferId, spool, open.expectedBytes(), mostBytes, listener, () -> incoming.remove(key));
        if (incoming.putIfAbsent(key, transfer) != null) {
            throw new MalformedFrameException("transfer " + SpoolPath.directoryName(key.transferId) + " twice");
        }
        threads.execute(transfer);
    }

    private void acknowledged(Key key) {
        ack.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        OutgoingTransfer transfer = outgoing.get(key);
        if (transfer != null) {
            transfer.acknowledged(ack.receivedBytes(), ack.creditLimit());
        }
    }

    private void ended(Key key, ByteBuf frame) {
        IncomingTransfer received = incoming.get(key);
        OutgoingTransfer sent = outgoing.get(key);
        result.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        Frames.checkField(view, result.limit(), FrameLimits.MAX_REASON_BYTES, "a reason");
        if (result.status() == TransferStatus.ABORTED) { // only senders abort
            if (received != null) {
                received.frame(frame);
            }
        } else if (sent != null) {
            sent.ended(result.status(), result.reason().replaceAll("\\p{Cntrl}", " "));
        }
    }

    /** Of the file beside a directory that says that it is not complete. */
    static Path partialMark(Path directory) {
        return directory.resolveSibling(directory.getFileName() + PARTIAL);
    }

    /** Removes a directory that is not complete, and what says so last. */
    static void deletePartial(Path mark) {
        String name = mark.getFileName().toString();
        deleteTree(mark.resolveSibling(name.substring(0, name.length() - PARTIAL.length())));
        deleteTree(mark);
    }

    private static void deleteTree(Path directory) {
        try {
            DirectoryTree.delete(directory);
        } catch (IOException e) {
            LOG.error("Could not remove {}: it takes room until it is removed by hand", directory, e);
        }
    }
}

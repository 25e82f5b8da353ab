package io.homeport.transfer;

import io.homeport.link.FrameBuffers;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.FileDataDecoder;
import io.homeport.wire.link.FileEndDecoder;
import io.homeport.wire.link.FileOpenDecoder;
import io.homeport.wire.link.TransferEndDecoder;
import io.homeport.wire.link.TransferResultDecoder;
import io.homeport.wire.link.TransferStatus;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiver's side of one transfer: a thread that takes frames from a queue and writes files.
 *
 * <pre>
 *   bulk loop ──▶ queue (at most WINDOW_BYTES, by credit) ──▶ thread ──▶ checksum ──▶ spool/ID/...
 *             ◀── FileAck ────────────────────────────────────┘                     └─ until the end there is spool/ID.part, too
 * </pre>
 *
 * <p>{@link #frame} and {@link #cancel} are called on the bulk loop; all else on the transfer's own thread. Whatever goes
 * wrong, the directory is removed.
 */
final class IncomingTransfer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingTransfer.class);

    /** What may be under way or in the queue: fills a 10 Gbit/s line of 10 ms round trip, and is small beside an image. */
    private static final long WINDOW_BYTES = 16L << 20;

    /** The sender hears of progress this often: every 1/8 of the window, so that it never waits for news. */
    private static final long ACK_BYTES = WINDOW_BYTES / 8;

    /** What a file costs in credit beside its bytes, so that many small files do not fill the queue either. */
    static final int FILE_COST_BYTES = 4096;

    /** More frames than a sender that minds its credit can have under way: three for each of the smallest files. */
    private static final int MAX_QUEUED_FRAMES = (int) (4 * WINDOW_BYTES / FILE_COST_BYTES);

    /** Room that must remain on the disk. */
    private static final long SPARE_BYTES = 16L << 20;

    /** A sender whose lane is up and that sends nothing for so long has hung; CRIU may take 120 s to write what it waits for (DumpRequest). */
    private static final int SILENCE_TIMEOUT_S = 180;

    private final Peer peer;
    private final long transferId;
    private final Path directory;
    private final Path partial;
    private final long expectedBytes;
    private final long mostBytes;
    private final FileListener listener;
    private final Runnable onEnd;
    private final LinkedBlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final FileOpenDecoder fileOpen = new FileOpenDecoder();
    private final FileEndDecoder fileEnd = new FileEndDecoder();
    private final TransferEndDecoder transferEnd = new TransferEndDecoder();
    private IncomingFile file;
    /** That of the last file. */
    private Path lastDirectory;
    private boolean created;
    private long receivedBytes;
    private long usedCredit;
    private long acknowledgedCredit;
    private int files;

    /**
     * @param expectedBytes about what it will take, as the sender says
     * @param mostBytes what it may take
     * @param listener of its files
     * @param onEnd called on the transfer's thread when it is over, before the sender hears of it
     */
    IncomingTransfer(Peer peer, long transferId, Path spool, long expectedBytes, long mostBytes, FileListener listener,
            Runnable onEnd) {
        this.peer = peer;
        this.transferId = transferId;
        this.directory = spool.resolve(SpoolPath.directoryName(transferId));
        this.partial = Transfers.partialMark(directory);
        this.expectedBytes = expectedBytes;
        this.mostBytes = mostBytes;
        this.listener = listener;
        this.onEnd = onEnd;
    }

    Peer peer() {
        return peer;
    }

    /**
     * Hands over a frame; keeps it.
     *
     * @throws MalformedFrameException if the sender does not mind its credit
     */
    void frame(ByteBuf frame) {
        if (queuedBytes.addAndGet(frame.readableBytes()) > 2 * WINDOW_BYTES || queue.size() > MAX_QUEUED_FRAMES) {
            throw new MalformedFrameException("more of transfer " + SpoolPath.directoryName(transferId) + " than it has credit for");
        }
        queue.add(frame.retain());
    }

    /** Ends the transfer without telling the sender. */
    void cancel(String reason) {
        queue.add(reason);
    }

    @Override
    public void run() {
        try {
            open();
            boolean more = true;
            while (more) {
                Object next = queue.poll(SILENCE_TIMEOUT_S, TimeUnit.SECONDS);
                if (next == null) {
                    throw new TransferFailure(TransferStatus.IO_ERROR, "the sender has sent nothing for " + SILENCE_TIMEOUT_S + " s");
                }
                if (next instanceof String reason) {
                    throw new TransferFailure(null, reason);
                }
                ByteBuf frame = (ByteBuf) next;
                queuedBytes.addAndGet(-frame.readableBytes());
                try {
                    more = serve(frame);
                } finally {
                    frame.release();
                }
            }
            Files.delete(partial);
            end(TransferStatus.OK, "");
        } catch (TransferFailure e) {
            fail(e.status(), e.getMessage());
        } catch (IOException e) {
            fail(TransferStatus.IO_ERROR, e.toString());
        } catch (RuntimeException e) {
            fail(TransferStatus.REFUSED, e.getMessage());
        } catch (InterruptedException e) {
            fail(TransferStatus.IO_ERROR, "the receiver stops");
        }
    }

    private void open() throws IOException {
        if (Files.exists(directory) || Files.exists(partial)) {
            throw new TransferFailure(TransferStatus.REFUSED, "there is a transfer " + SpoolPath.directoryName(transferId) + " already");
        }
        Files.createFile(partial);
        created = true;
        Files.createDirectory(directory, Transfers.PRIVATE);
        long roomBytes = Files.getFileStore(directory).getUsableSpace();
        if (roomBytes - SPARE_BYTES < expectedBytes) {
            throw new TransferFailure(TransferStatus.REFUSED, "no room in " + directory.getParent() + ": " + roomBytes + " bytes free, " + expectedBytes
                    + " needed and " + SPARE_BYTES + " to spare");
        }
        acknowledge();
    }

    /** @return false if the transfer is complete */
    private boolean serve(ByteBuf frame) throws IOException {
        FrameBuffers.viewReadable(view, frame);
        int templateId = Frames.templateId(view, 0, frame.readableBytes());
        switch (templateId) {
            case FileOpenDecoder.TEMPLATE_ID -> openFile();
            case FileDataDecoder.TEMPLATE_ID -> data(frame);
            case FileEndDecoder.TEMPLATE_ID -> endFile();
            case TransferEndDecoder.TEMPLATE_ID -> {
                endTransfer();
                return false;
            }
            case TransferResultDecoder.TEMPLATE_ID -> throw new TransferFailure(null, "the sender gave up");
            default -> throw new TransferFailure(TransferStatus.REFUSED, "message " + templateId + " is no part of a transfer");
        }
        return true;
    }

    private void openFile() throws IOException {
        fileOpen.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        int mode = (int) fileOpen.mode();
        Frames.checkField(view, fileOpen.limit(), FrameLimits.MAX_PATH_BYTES, "a path");
        String name = fileOpen.path();
        Path path = SpoolPath.resolve(directory, name);
        if (path == null) {
            throw new TransferFailure(TransferStatus.REFUSED, "the path '" + name.replaceAll("\\p{Cntrl}", "?") + "' is not allowed");
        }
        if (file != null || ++files > FrameLimits.MAX_TRANSFER_FILES) {
            throw new TransferFailure(TransferStatus.REFUSED, files + " files, or one within another: '" + path.getFileName() + "'");
        }
        if (!path.getParent().equals(lastDirectory)) {
            lastDirectory = path.getParent();
            Files.createDirectories(lastDirectory, Transfers.PRIVATE);
        }
        file = new IncomingFile(name, path, mode);
        use(FILE_COST_BYTES);
    }

    private void data(ByteBuf frame) throws IOException {
        int length = Frames.payloadBytes(view, 0, frame.readableBytes());
        if (file == null || length > FrameLimits.MAX_FILE_DATA_BYTES) {
            throw new TransferFailure(TransferStatus.REFUSED, length + " bytes that belong to no file");
        }
        if (receivedBytes + length > mostBytes) {
            throw new TransferFailure(TransferStatus.REFUSED, "more than " + mostBytes + " bytes");
        }
        int payloadIndex = frame.readerIndex() + Frames.PAYLOAD_OFFSET;
        file.write(Frames.payloadPosition(view, 0), frame.nioBuffer(payloadIndex, length));
        receivedBytes += length;
        use(length);
    }

    private void endFile() throws IOException {
        fileEnd.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        if (file == null) {
            throw new TransferFailure(TransferStatus.REFUSED, "the end of a file that was not begun");
        }
        file.end(fileEnd.fileSize(), (int) fileEnd.crc32c());
        listener.stored(peer.node(), transferId, file.name(), file.path());
        if (queue.isEmpty()) {
            acknowledge(); // many small files are told together
        }
        file = null;
    }

    private void endTransfer() throws TransferFailure {
        transferEnd.wrap(view, Frames.HEADER_BYTES, Frames.blockLength(view, 0), Frames.version(view, 0));
        if (file != null || files != transferEnd.fileCount() || receivedBytes != transferEnd.totalBytes()) {
            throw new TransferFailure(TransferStatus.REFUSED, "it ended after " + files + " of " + transferEnd.fileCount() + " files and "
                    + receivedBytes + " of " + transferEnd.totalBytes() + " bytes");
        }
    }

    private void use(long credit) {
        usedCredit += credit;
        if (usedCredit - acknowledgedCredit >= ACK_BYTES) {
            acknowledge();
        }
    }

    private void acknowledge() {
        acknowledgedCredit = usedCredit;
        peer.send(TrafficClass.BULK, TransferFrames.ack(transferId, receivedBytes, usedCredit + WINDOW_BYTES));
        peer.flush(TrafficClass.BULK);
    }

    /** @param status what the sender is told; null if it needs not be told */
    private void fail(TransferStatus status, String reason) {
        LOG.warn("Transfer {} from node {} failed: {}", SpoolPath.directoryName(transferId), peer.node(), reason);
        if (file != null) {
            file.close();
        }
        if (created) { // else it belongs to another transfer
            Transfers.deletePartial(partial);
        }
        end(status, reason);
    }

    private void end(TransferStatus status, String reason) {
        onEnd.run();
        for (Object left = queue.poll(); left != null; left = queue.poll()) {
            if (left instanceof ByteBuf frame) {
                frame.release();
            }
        }
        if (status != null) {
            peer.send(TrafficClass.BULK, TransferFrames.result(transferId, status, reason));
            peer.flush(TrafficClass.BULK);
        }
    }
}

package io.homeport.transfer;

import io.homeport.link.FrameBuffers;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.TransferStatus;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The sender's side of one transfer.
 *
 * <pre>
 *   file ──read──▶ FileData frame ──▶ checksum ──▶ lane        as far as credit and the lane's own queue allow
 * </pre>
 *
 * <p>{@link #run} is straight-line code on the caller's thread; the other methods tell it from the bulk loop what has
 * happened.
 */
final class OutgoingTransfer {
    /** A receiver that stores nothing for so long has hung: its disk, or its process is stopped. */
    private static final long STALL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    /** How often a sender that waits looks whether the lane is still there; what it waits for wakes it at once. */
    private static final long PAUSE_MS = 100;

    private final Peer peer;
    private final long transferId;
    private final Path directory;
    private final Progress progress;
    private final CRC32C checksum = new CRC32C();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long usedCredit;
    private long totalBytes;
    private long storedBytes;
    private long reportedBytes;
    private long creditLimit = -1;
    private boolean done;
    private String failure;

    OutgoingTransfer(Peer peer, long transferId, Path directory, Progress progress) {
        this.peer = peer;
        this.transferId = transferId;
        this.directory = directory;
        this.progress = progress;
    }

    /** Sends everything and waits until the receiver has it all. */
    void run() throws IOException {
        List<Path> files = files();
        for (Path file : files) {
            totalBytes += Files.size(file);
        }
        try {
            send(TransferFrames.open(transferId, totalBytes, files.size()));
            for (Path file : files) {
                sendFile(file);
            }
            send(TransferFrames.end(transferId));
            await(() -> done);
            progress.moved(totalBytes, totalBytes);
        } catch (IOException | RuntimeException e) {
            if (!answered()) {
                send(TransferFrames.result(transferId, TransferStatus.ABORTED, "the sender gave up: " + e.getMessage()));
            }
            throw e;
        }
    }

    Peer peer() {
        return peer;
    }

    /** The receiver has stored bytes and takes more. */
    synchronized void acknowledged(long receivedBytes, long newCreditLimit) {
        storedBytes = Math.max(storedBytes, receivedBytes);
        creditLimit = Math.max(creditLimit, newCreditLimit);
        notifyAll();
    }

    /** The receiver has said how it ended. */
    synchronized void ended(TransferStatus status, String reason) {
        if (status == TransferStatus.OK) {
            done = true;
        } else if (failure == null) {
            failure = "node " + peer.node() + " did not take it: " + reason;
        }
        notifyAll();
    }

    /** The lane has gone: the receiver has forgotten everything. */
    synchronized void lost(String reason) {
        if (failure == null && !done) {
            failure = "lost the lane to node " + peer.node() + ": " + reason;
        }
        notifyAll();
    }

    /** The lane has room again. */
    synchronized void writable() {
        notifyAll();
    }

    private List<Path> files() throws IOException {
        List<Path> found;
        try (Stream<Path> all = Files.walk(directory)) {
            found = all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
        for (Path file : found) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(file + " is neither a file nor a directory: it can't be sent");
            }
        }
        if (found.size() > FrameLimits.MAX_TRANSFER_FILES) {
            throw new IOException(directory + " holds " + found.size() + " files; at most " + FrameLimits.MAX_TRANSFER_FILES);
        }
        return found;
    }

    private void sendFile(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long sizeBytes = in.size();
            int mode = (Integer) Files.getAttribute(file, "unix:mode") & 07777;
            awaitRoom(IncomingTransfer.FILE_COST_BYTES);
            checksum.reset();
            send(TransferFrames.fileOpen(transferId, directory.relativize(file).toString(), sizeBytes, mode));
            for (long offset = 0; offset < sizeBytes; ) {
                int length = (int) Math.min(FrameLimits.MAX_FILE_DATA_BYTES, sizeBytes - offset);
                awaitRoom(length);
                sendData(file, in, offset, length);
                offset += length;
            }
            send(TransferFrames.fileEnd(transferId, (int) checksum.getValue()));
        }
    }

    private void sendData(Path file, FileChannel in, long offset, int length) throws IOException {
        ByteBuf frame = FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + length);
        try {
            FrameBuffers.viewWritable(view, frame);
            Frames.fileData(view, 0, transferId, offset, length);
            int payloadIndex = frame.readerIndex() + Frames.PAYLOAD_OFFSET;
            for (int read = 0; read < length; ) {
                int now = frame.setBytes(payloadIndex + read, in, offset + read, length - read);
                if (now <= 0) {
                    throw new IOException(file + " became shorter while it was sent");
                }
                read += now;
            }
            checksum.update(frame.nioBuffer(payloadIndex, length));
            frame.writerIndex(payloadIndex + length);
            send(frame.retain());
        } finally {
            frame.release();
        }
    }

    private void send(ByteBuf frame) {
        peer.send(TrafficClass.BULK, frame);
        peer.flush(TrafficClass.BULK);
    }

    private void awaitRoom(int credit) throws IOException {
        await(() -> usedCredit + credit <= creditLimit && peer.writable(TrafficClass.BULK));
        usedCredit += credit;
    }

    private synchronized boolean answered() {
        return done || failure != null;
    }

    /** Waits for {@code condition}; reports progress before, and meanwhile. */
    private void await(BooleanSupplier condition) throws IOException {
        long sinceNs = System.nanoTime();
        while (true) {
            if (report()) {
                sinceNs = System.nanoTime();
            } else if (System.nanoTime() - sinceNs > STALL_TIMEOUT_NS) {
                lost("it has stored nothing for " + TimeUnit.NANOSECONDS.toSeconds(STALL_TIMEOUT_NS) + " s");
            }
            synchronized (this) {
                if (failure != null) {
                    throw new IOException("sending " + directory + " to node " + peer.node() + " failed after " + storedBytes + " of "
                            + totalBytes + " bytes: " + failure);
                }
                if (condition.getAsBoolean()) {
                    return;
                }
                if (!peer.up(TrafficClass.BULK)) {
                    lost("it is down");
                    continue;
                }
                pause();
            }
        }
    }

    /** @return whether there was anything new to report */
    private boolean report() {
        long stored;
        synchronized (this) {
            stored = storedBytes;
        }
        if (stored == reportedBytes) {
            return false;
        }
        reportedBytes = stored;
        progress.moved(stored, totalBytes);
        return true;
    }

    private void pause() throws InterruptedIOException {
        try {
            wait(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while sending " + directory + " to node " + peer.node());
        }
    }
}

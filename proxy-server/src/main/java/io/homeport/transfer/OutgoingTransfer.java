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
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The sender's side of one transfer.
 *
 * <pre>
 *   file ──read──▶ FileData frame ──▶ checksum ──▶ lane       as far as credit and the lane's own queue allow
 *
 *   those of {@link #send}, in their order ──▶ {@link #finish} ──▶ the others ──▶ the receiver has it all
 * </pre>
 *
 * <p>{@link #run} is straight-line code on the transfer's own thread, the methods of {@link Shipment} are its owner's; the others tell it from the
 * bulk loop what has happened.
 */
final class OutgoingTransfer implements Runnable, Shipment {
    /** A receiver that stores nothing for so long has hung: its disk, or its process is stopped. */
    private static final long STALL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    /** How often a sender that waits looks whether the lane is still there; what it waits for wakes it at once. */
    private static final long PAUSE_MS = 100;

    private final Peer peer;
    private final long transferId;
    private final Path directory;
    private final long expectedBytes;
    private final Runnable onEnd;
    private final CRC32C checksum = new CRC32C();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final Queue<Path> early = new ArrayDeque<>();
    private final Set<Path> sentEarly = new HashSet<>();
    private long earlyBytes;
    private long usedCredit;
    private long sentBytes;
    private int sentFiles;
    private long totalBytes;
    private long storedBytes;
    private long creditLimit = -1;
    private boolean complete;
    private boolean givenUp;
    private boolean done;
    private boolean ended;
    private String failure;
    private Exception thrown;

    /**
     * @param expectedBytes about what will be sent
     * @param onEnd called on the transfer's thread
     */
    OutgoingTransfer(Peer peer, long transferId, Path directory, long expectedBytes, Runnable onEnd) {
        this.peer = peer;
        this.transferId = transferId;
        this.directory = directory;
        this.expectedBytes = expectedBytes;
        this.totalBytes = expectedBytes;
        this.onEnd = onEnd;
    }

    /** Sends everything and waits until the receiver has it all. */
    @Override
    public void run() {
        Exception failed = null;
        try {
            send(TransferFrames.open(transferId, expectedBytes));
            sendAll();
        } catch (IOException | RuntimeException e) {
            failed = e;
            if (!answered()) {
                send(TransferFrames.result(transferId, TransferStatus.ABORTED, "the sender gave up: " + e.getMessage()));
                flush();
            }
        } finally {
            onEnd.run();
            synchronized (this) {
                ended = true;
                thrown = failed;
                notifyAll();
            }
        }
    }

    @Override
    public void finish(Progress progress) throws IOException {
        long reported = 0;
        while (!awaitEnd()) {
            long stored = stored();
            if (stored != reported) {
                progress.moved(stored, total());
                reported = stored;
            }
        }
        requireNoFailure();
        progress.moved(totalBytes, totalBytes);
    }

    @Override
    public void send(Path file) throws IOException {
        long bytes = Files.size(file);
        synchronized (this) {
            early.add(file);
            earlyBytes += bytes;
            notifyAll();
        }
    }

    @Override
    public synchronized void catchUp() throws IOException {
        while (!ended && storedBytes < earlyBytes) {
            pause(PAUSE_MS);
        }
        requireNoFailure();
    }

    @Override
    public synchronized void close() {
        givenUp = true;
        notifyAll();
        try {
            while (!ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    private void requireNoFailure() throws IOException {
        if (thrown instanceof IOException) {
            throw new IOException(thrown.getMessage(), thrown);
        }
        if (thrown != null) {
            throw new IllegalStateException(thrown.getMessage(), thrown);
        }
    }

    private void sendAll() throws IOException {
        for (Path file = nextEarly(); file != null; file = nextEarly()) {
            sendFile(file);
            sentEarly.add(file);
        }
        List<Path> others = files();
        long bytes = sentBytes;
        for (Path file : others) {
            bytes += Files.size(file);
        }
        total(bytes);
        for (Path file : others) {
            sendFile(file);
        }
        send(TransferFrames.end(transferId, sentBytes, sentFiles));
        await(() -> done);
    }

    /** All but those that have been sent. */
    private List<Path> files() throws IOException {
        List<Path> found;
        try (Stream<Path> all = Files.walk(directory)) {
            found = all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && !sentEarly.contains(path)).sorted().toList();
        }
        for (Path file : found) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(file + " is neither a file nor a directory: it can't be sent");
            }
        }
        if (sentEarly.size() + found.size() > FrameLimits.MAX_TRANSFER_FILES) {
            throw new IOException(directory + " holds more files than " + FrameLimits.MAX_TRANSFER_FILES);
        }
        return found;
    }

    private void sendFile(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            int mode = (Integer) Files.getAttribute(file, "unix:mode") & 07777;
            awaitRoom(IncomingTransfer.FILE_COST_BYTES);
            checksum.reset();
            send(TransferFrames.fileOpen(transferId, directory.relativize(file).toString(), mode));
            long size = in.size();
            for (long offset = 0; offset < size; offset += FrameLimits.MAX_FILE_DATA_BYTES) {
                int length = (int) Math.min(FrameLimits.MAX_FILE_DATA_BYTES, size - offset);
                awaitRoom(length);
                sendData(file, in, offset, length);
                if (length == FrameLimits.MAX_FILE_DATA_BYTES) {
                    flush();
                }
            }
            send(TransferFrames.fileEnd(transferId, size, (int) checksum.getValue()));
            sentBytes += size;
            sentFiles++;
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

    /** Goes out with what follows at once; before a wait at the latest. */
    private void send(ByteBuf frame) {
        peer.send(TrafficClass.BULK, frame);
    }

    private void flush() {
        peer.flush(TrafficClass.BULK);
    }

    private void awaitRoom(int credit) throws IOException {
        await(() -> usedCredit + credit <= creditLimit && peer.writable(TrafficClass.BULK));
        usedCredit += credit;
    }

    /** The next of those that go before the others; null if there is none and will be none. */
    private synchronized Path nextEarly() throws IOException {
        while (early.isEmpty() && !complete) {
            requireUnderway();
            flush();
            pause(PAUSE_MS);
        }
        return early.poll();
    }

    /** The directory is complete; waits a moment. */
    private synchronized boolean awaitEnd() throws InterruptedIOException {
        complete = true;
        notifyAll();
        if (!ended) {
            pause(PAUSE_MS);
        }
        return ended;
    }

    private synchronized boolean answered() {
        return done || failure != null;
    }

    private synchronized long stored() {
        return storedBytes;
    }

    private synchronized long total() {
        return totalBytes;
    }

    private synchronized void total(long bytes) {
        totalBytes = bytes;
    }

    private synchronized void await(BooleanSupplier condition) throws IOException {
        long seenBytes = storedBytes;
        long sinceNs = System.nanoTime();
        while (true) {
            requireUnderway();
            if (condition.getAsBoolean()) {
                return;
            }
            flush();
            pause(PAUSE_MS);
            if (storedBytes != seenBytes) {
                seenBytes = storedBytes;
                sinceNs = System.nanoTime();
            } else if (System.nanoTime() - sinceNs > STALL_TIMEOUT_NS) {
                lost("it has stored nothing for " + TimeUnit.NANOSECONDS.toSeconds(STALL_TIMEOUT_NS) + " s");
            }
        }
    }

    private void requireUnderway() throws IOException {
        if (!answered() && !peer.up(TrafficClass.BULK)) {
            lost("it is down");
        }
        if (failure != null || givenUp) {
            throw new IOException("sending " + directory + " to node " + peer.node() + " failed after " + storedBytes + " of "
                    + totalBytes + " bytes: " + (failure == null ? "given up here" : failure));
        }
    }

    private void pause(long milliseconds) throws InterruptedIOException {
        try {
            wait(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while sending " + directory + " to node " + peer.node());
        }
    }
}

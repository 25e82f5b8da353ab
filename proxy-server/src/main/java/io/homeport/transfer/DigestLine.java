package io.homeport.transfer;

import io.homeport.wire.link.TransferStatus;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Checks digests of files beside the thread that writes them. Measured: writing and digesting cost about the same, so one
 * thread for both would be what limits a transfer (docs/protocol.md, "Images").
 *
 * <pre>  writer ── frame, frame, end(expected) ──▶ [at most WAITING_FRAMES] ──▶ thread: SHA-256, compare  </pre>
 *
 * <p>All methods on the writer's thread, which closes it.
 */
final class DigestLine implements AutoCloseable {
    /** Frames that wait to be digested: 16 MiB of the largest, as much as a transfer's window. */
    private static final int WAITING_FRAMES = 64;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread created = new Thread(task, "homeport-digest");
        created.setDaemon(true);
        return created;
    });
    private final Semaphore room = new Semaphore(WAITING_FRAMES);
    private final MessageDigest digest = Digests.sha256();
    private volatile String mismatch;

    /** Takes part of a frame into the digest of the file that is open. */
    void update(ByteBuf frame, int index, int length) throws IOException {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while digesting");
        }
        frame.retain();
        thread.execute(() -> {
            try {
                digest.update(frame.nioBuffer(index, length));
            } finally {
                frame.release();
                room.release();
            }
        });
        check();
    }

    /** The file that is open is complete. */
    void end(String name, byte[] expected) throws IOException {
        thread.execute(() -> {
            if (!MessageDigest.isEqual(digest.digest(), expected) && mismatch == null) {
                mismatch = name;
            }
        });
        check();
    }

    /** Waits for all that was handed over. */
    void await() throws IOException {
        try {
            CompletableFuture.runAsync(() -> {}, thread).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while digesting");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        check();
    }

    @Override
    public void close() {
        thread.shutdown(); // what waits is still worked off, which releases its frames
    }

    private void check() throws IOException {
        if (mismatch != null) {
            throw new TransferFailure(TransferStatus.DIGEST, "file " + mismatch + " arrived with another digest than it was sent with");
        }
    }
}

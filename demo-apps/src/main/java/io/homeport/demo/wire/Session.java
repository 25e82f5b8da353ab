package io.homeport.demo.wire;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;

/**
 * A conversation over one wire.
 *
 * <pre>
 *   send() -> outbox -> [writer thread: FrameEncoder] -> wire -> [reader thread: FrameDecoder] -> listener
 * </pre>
 *
 * The outbox has no limit of its own: each side limits the requests it keeps open, and answers are no more than these.
 * A broken connection is told to the listener once and never mended: whoever loses one has found a fault.
 */
public final class Session implements Closeable {
    private final Wire wire;
    private final Listener listener;
    private final BlockingQueue<Frame> outbox = new LinkedBlockingQueue<>();
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final Thread writer;
    private volatile boolean closed;
    private boolean lost;

    /** Who hears what comes; called on the reader's thread, {@code lost} on either. */
    public interface Listener {
        /** A frame came, and it is right. */
        void frame(Session session, Frame frame);

        /** The connection broke without having been closed here; called at most once. */
        void lost(Session session, IOException why);
    }

    /** Takes over the wire; its two threads, made by `threads`, start here. */
    public Session(Wire wire, ThreadFactory threads, Listener listener) {
        this.wire = wire;
        this.listener = listener;
        this.writer = threads.newThread(this::write);
        writer.start();
        threads.newThread(this::read).start();
    }

    /** Puts a frame into the outbox; any thread, never waits. */
    public void send(Frame frame) {
        outbox.add(frame);
    }

    /** What this end has checked of what came. */
    public StreamDigest received() {
        return decoder.digest();
    }

    /** What this end has sent, or is about to. */
    public StreamDigest sent() {
        return encoder.digest();
    }

    private void write() {
        try {
            while (!closed) {
                wire.write(encoder.encode(outbox.take()));
            }
        } catch (IOException broken) {
            end(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try {
            ByteBuffer space = decoder.space();
            while (wire.read(space) >= 0) {
                for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                    listener.frame(this, frame);
                }
            }
            end(new EOFException("the other end closed"));
        } catch (IOException broken) {
            end(broken);
        }
    }

    private synchronized void end(IOException why) {
        if (!closed && !lost) {
            lost = true;
            listener.lost(this, why);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        writer.interrupt();
        wire.close();
    }
}

package io.homeport.demo.watch;

import io.homeport.demo.wire.BlockingWire;
import io.homeport.demo.wire.CorruptStreamException;
import io.homeport.demo.wire.Frame;
import io.homeport.demo.wire.Session;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * Watches one process over two connections that it keeps through all moves.
 *
 * <pre>
 *   busy:  PING every few ms -> PONG -> silence meter;  events -> rules
 *   idle:  nothing at all until the dinner's end, then STOP -> REPORT
 * </pre>
 *
 * Any thread calls; events come on the busy connection's reader.
 */
public final class Watcher implements Closeable, Session.Listener {
    private final String name;
    private final InetSocketAddress porch;
    private final Verdict verdict;
    private final Consumer<Frame> events;
    private final ThreadFactory threads;
    private final SilenceMeter meter;
    private final Session busy;
    private final Session idle;
    private final CompletableFuture<String> report = new CompletableFuture<>();
    private long pings;
    private long pongs;
    private volatile boolean lost;

    /** Connects to a process's porch; IOException if nobody stands there yet. */
    public Watcher(String name, InetSocketAddress porch, Verdict verdict, Consumer<Frame> events) throws IOException {
        this.name = name;
        this.porch = porch;
        this.verdict = verdict;
        this.events = events;
        this.threads = task -> {
            Thread thread = new Thread(task, "watcher of " + name);
            thread.setDaemon(true);
            return thread;
        };
        this.meter = new SilenceMeter(System::nanoTime);
        this.busy = connect(this);
        this.idle = connect(this);
        busy.send(Frame.of(Frame.Kind.HELLO, 1, 0, 0));
        idle.send(Frame.of(Frame.Kind.HELLO, 0, 0, 0));
    }

    private Session connect(Session.Listener listener) throws IOException {
        return new Session(new BlockingWire(new Socket(porch.getAddress(), porch.getPort())), threads, listener);
    }

    /** Sends the next heartbeat. */
    public void beat() {
        synchronized (this) {
            pings++;
        }
        busy.send(Frame.of(Frame.Kind.PING, 0, pings, 0));
    }

    /** Tells the process that dinner begins. */
    public void begin() {
        busy.send(Frame.of(Frame.Kind.BEGIN, 0, 0, 0));
    }

    /** Asks for the accounts over the connection that was idle all the time. */
    public CompletableFuture<String> stop() {
        idle.send(Frame.of(Frame.Kind.STOP, 0, 0, 0));
        return report;
    }

    /** A stranger knocks at the process's first address, wherever it is now; true once it was answered. */
    public CompletableFuture<Boolean> knock() {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        Session.Listener stranger = new Session.Listener() {
            @Override
            public void frame(Session session, Frame frame) {
                answered.complete(frame.kind() == Frame.Kind.PONG && frame.id() == 1);
            }

            @Override
            public void lost(Session session, IOException why) {
                answered.complete(false);
            }
        };
        try {
            Session session = connect(stranger);
            session.send(Frame.of(Frame.Kind.PING, 0, 1, 0));
            answered.thenRun(() -> quietly(session));
        } catch (IOException refused) {
            answered.complete(false);
        }
        return answered;
    }

    @Override
    public void frame(Session session, Frame frame) {
        switch (frame.kind()) {
            case PONG:
                pong(frame.id());
                break;
            case REPORT:
                report.complete(new String(frame.payload(), StandardCharsets.UTF_8));
                break;
            case COMPLAINT:
                complaint(new String(frame.payload(), StandardCharsets.UTF_8), frame.subject() == 1);
                break;
            default:
                events.accept(frame);
        }
    }

    private void pong(long id) {
        synchronized (this) {
            if (id != ++pongs) {
                verdict.violation(name + " answered heartbeat " + id + " where " + pongs + " was due");
                pongs = id;
            }
        }
        meter.arrived();
    }

    private void complaint(String what, boolean bytesWrong) {
        if (bytesWrong) {
            verdict.mismatch(name + ": " + what);
        } else {
            verdict.violation(name + ": " + what);
        }
    }

    @Override
    public void lost(Session session, IOException why) {
        lost = true;
        complaint("lost the observer's " + (session == idle ? "idle" : "busy") + " connection: " + why,
                why instanceof CorruptStreamException);
        report.completeExceptionally(why);
    }

    /** The silence of this process, as seen from here. */
    public SilenceMeter meter() {
        return meter;
    }

    /** Whether one of the two connections broke. */
    public boolean lost() {
        return lost;
    }

    /** Whether every heartbeat was answered. */
    public synchronized boolean allAnswered() {
        return pings == pongs;
    }

    /** Bytes that came from the process, all checked. */
    public long receivedBytes() {
        return busy.received().bytes() + idle.received().bytes();
    }

    /** Bytes that went to the process, checked there. */
    public long sentBytes() {
        return busy.sent().bytes() + idle.sent().bytes();
    }

    @Override
    public void close() {
        quietly(busy);
        quietly(idle);
    }

    private static void quietly(Session session) {
        try {
            session.close();
        } catch (IOException alreadyBroken) {
            // It has been used for the last time anyway.
        }
    }
}

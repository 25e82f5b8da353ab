package io.homeport.demo.table;

import io.homeport.demo.wire.BlockingWire;
import io.homeport.demo.wire.Frame;
import io.homeport.demo.wire.SelectorWire;
import io.homeport.demo.wire.Session;
import io.homeport.demo.wire.Wire;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;

/**
 * Keeps the forks. Plain connections are non-blocking channels with selectors, the TLS ones blocking sockets. All answers are
 * decided under one lock, and told to the observers in the same order.
 */
public final class ForkServer implements Session.Listener, Porch.Orders {
    private final ThreadFactory threads = Style.platformThreads("table");
    private final Map<Integer, Session> seats = new TreeMap<>();
    private final Map<Session, Integer> seatOf = new HashMap<>();
    private final Map<Integer, Long> lastRequest = new TreeMap<>();
    private final ForkTable forks;
    private final Talk talk;
    private final Porch porch;
    private long answers;

    private ForkServer(Properties settings) throws IOException {
        this.forks = new ForkTable(Settings.number(settings, "forks"));
        this.talk = new Talk(new SplittableRandom(Settings.number(settings, "seed")));
        ServerSocketChannel listener = ServerSocketChannel.open().bind(Settings.listenAddress(settings, "port"));
        ServerSocket tlsListener = new TlsKey(Path.of(settings.getProperty("key"))).context().getServerSocketFactory().createServerSocket();
        tlsListener.bind(Settings.listenAddress(settings, "tlsPort"));
        // Last: whoever finds the porch open may let the guests come.
        this.porch = new Porch(Settings.listenAddress(settings, "porch"), this);
        welcome("listener", () -> new SelectorWire(listener.accept()));
        welcome("TLS listener", () -> new BlockingWire(tlsListener.accept()));
    }

    /** Settings: forks, seed, port, tlsPort, key (a file), porch, listen (an address, optional); each as name=value. */
    public static void main(String[] args) throws IOException {
        new ForkServer(Settings.of(args));
        System.out.println("READY");
    }

    private interface Door {
        Wire nextGuest() throws IOException;
    }

    private void welcome(String name, Door door) {
        threads.newThread(() -> {
                    try {
                        while (true) {
                            new Session(door.nextGuest(), threads, this);
                        }
                    } catch (IOException broken) {
                        porch.tell(Porch.complaint("the fork server's " + name + " broke", broken));
                    }
                })
                .start();
    }

    @Override
    public synchronized void frame(Session session, Frame frame) {
        if (frame.kind() == Frame.Kind.HELLO) {
            seats.put(frame.subject(), session);
            seatOf.put(session, frame.subject());
            return;
        }
        long request = frame.id();
        int seat = seatOf.get(session);
        long expected = lastRequest.merge(seat, 1L, Long::sum);
        if (Frame.seatOf(request) != seat || Frame.numberOf(request) != expected) {
            porch.tell(Porch.complaint("seat " + seat + " asked " + Frame.numberOf(request) + " instead of " + expected));
        }
        try {
            answer(session, frame);
        } catch (IllegalStateException wrong) {
            porch.tell(Porch.complaint(wrong.getMessage()));
        }
    }

    private void answer(Session session, Frame frame) {
        switch (frame.kind()) {
            case TAKE:
                tell(forks.take(frame.subject(), frame.id()));
                break;
            case RELEASE:
                tell(forks.release(frame.subject(), frame.id()));
                break;
            case TALK:
                answers++;
                session.send(new Frame(Frame.Kind.REPLY, 0, frame.id(), 0, talk.words()));
                break;
            default:
                porch.tell(Porch.complaint("a philosopher said " + frame.kind()));
        }
    }

    private void tell(List<Frame> happened) {
        for (Frame frame : happened) {
            answers++;
            seats.get(Frame.seatOf(frame.id()))
                    .send(new Frame(frame.kind(), frame.subject(), frame.id(), frame.value(), talk.words()));
            porch.tell(frame);
        }
    }

    @Override
    public synchronized void lost(Session session, IOException why) {
        porch.tell(Porch.complaint("the fork server lost seat " + seatOf.get(session), why));
    }

    @Override
    public void begin() {
        // Nothing to do: it serves from the start.
    }

    /** One line for the whole, one for each seat. Called when the philosophers have finished. */
    @Override
    public synchronized String stop() {
        StringBuilder report = new StringBuilder("answers=" + answers + "\n");
        seats.forEach((seat, session) -> {
            String prefix = "seat" + seat + ".";
            report.append(prefix + "requests=" + lastRequest.getOrDefault(seat, 0L) + "\n");
            report.append(prefix + "in=" + session.received() + "\n");
            report.append(prefix + "out=" + session.sent() + "\n");
        });
        return report.toString();
    }
}

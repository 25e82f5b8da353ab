package io.homeport.demo.table;

import io.homeport.demo.wire.BlockingWire;
import io.homeport.demo.wire.CorruptStreamException;
import io.homeport.demo.wire.Frame;
import io.homeport.demo.wire.Session;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/**
 * Where observers stand: a listener of its own in each process. It answers their heartbeats and tells events to those who
 * said that they want them. Observers that leave are forgotten.
 */
final class Porch implements Session.Listener {
    private final List<Session> watching = new CopyOnWriteArrayList<>();
    private final ThreadFactory threads = Style.platformThreads("porch");
    private final Orders orders;

    /** What an observer can ask of the process; called on that observer's reader thread. */
    interface Orders {
        /** Dinner begins. */
        void begin();

        /** Finish, and give the accounts as text. Waits until nothing is open any more. */
        String stop();
    }

    Porch(InetSocketAddress address, Orders orders) throws IOException {
        this.orders = orders;
        ServerSocket listener = new ServerSocket();
        listener.bind(address);
        threads.newThread(() -> accept(listener)).start();
    }

    private void accept(ServerSocket listener) {
        try {
            while (true) {
                new Session(new BlockingWire(listener.accept()), threads, this);
            }
        } catch (IOException broken) {
            tell(complaint("the porch's listener broke", broken));
        }
    }

    /** Tells an event to all who watch; any thread. Two events told one after the other arrive in that order. */
    void tell(Frame event) {
        watching.forEach(session -> session.send(event));
    }

    /** The event for something that must not happen. */
    static Frame complaint(String what) {
        System.out.println("COMPLAINT " + what);
        return Frame.of(Frame.Kind.COMPLAINT, 0, what.getBytes(StandardCharsets.UTF_8));
    }

    /** The event for a connection that broke; its subject is 1 if the bytes were wrong. */
    static Frame complaint(String what, IOException why) {
        Frame plain = complaint(what + ": " + why);
        return Frame.of(plain.kind(), why instanceof CorruptStreamException ? 1 : 0, plain.payload());
    }

    @Override
    public void frame(Session session, Frame frame) {
        switch (frame.kind()) {
            case HELLO:
                if (frame.subject() == 1) {
                    watching.add(session);
                }
                break;
            case PING:
                session.send(Frame.of(Frame.Kind.PONG, 0, frame.id(), 0));
                break;
            case BEGIN:
                orders.begin();
                break;
            case STOP:
                byte[] report = orders.stop().getBytes(StandardCharsets.UTF_8);
                session.send(Frame.of(Frame.Kind.REPORT, 0, report));
                break;
            default:
                tell(complaint("an observer said " + frame.kind()));
        }
    }

    @Override
    public void lost(Session session, IOException why) {
        watching.remove(session);
        if (!(why instanceof EOFException)) {
            tell(complaint("an observer's connection broke", why));
        }
    }
}

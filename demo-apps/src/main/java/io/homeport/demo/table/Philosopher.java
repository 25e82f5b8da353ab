package io.homeport.demo.table;

import io.homeport.demo.wire.Frame;
import io.homeport.demo.wire.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Thinks, takes the fork with the lower number, then the other (so that no circle of waiting can close), eats, gives both
 * back. Talks to the fork server all the while, so that requests are in flight at every moment.
 */
public final class Philosopher implements Session.Listener, Porch.Orders {
    private static final int THINK_MS = 120;
    private static final int EAT_MS = 250;
    private static final int TALK_PAUSE_MS = 25;
    /** Requests of small talk in flight: enough to always have some, few enough for two cores. */
    private static final int TALKS_IN_FLIGHT = 4;

    private final int seat;
    private final int forks;
    private final Style style;
    private final ThreadFactory threads;
    private final InetSocketAddress server;
    private final TlsKey key;
    private final SplittableRandom random;
    private final Asking asking;
    private final Porch porch;
    private final CompletableFuture<Void> dinnerEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> talkEnded = new CompletableFuture<>();
    private volatile boolean stopping;
    private volatile Session session;

    private Philosopher(Properties settings) throws IOException {
        seat = Settings.number(settings, "seat");
        forks = Settings.number(settings, "forks");
        style = Style.valueOf(settings.getProperty("style"));
        threads = style.threads();
        server = new InetSocketAddress(settings.getProperty("server"), Settings.number(settings, "port"));
        key = new TlsKey(Path.of(settings.getProperty("key")));
        random = new SplittableRandom(Settings.number(settings, "seed") * 31L + seat);
        asking = new Asking(seat);
        porch = new Porch(Settings.listenAddress(settings, "porch"), this);
    }

    /**
     * Settings: seat, forks, style, server (an address), port (TLS port for style TLS), key (a file), seed, porch, listen (an
     * address, optional); each as name=value.
     */
    public static void main(String[] args) throws IOException {
        new Philosopher(Settings.of(args));
        System.out.println("READY");
    }

    @Override
    public void begin() {
        try {
            session = new Session(style.connect(server, key), threads, this);
        } catch (IOException unreachable) {
            porch.tell(Porch.complaint("seat " + seat + " cannot reach the fork server", unreachable));
            return;
        }
        session.send(Frame.of(Frame.Kind.HELLO, seat, 0, 0));
        SplittableRandom talkRandom = random.split();
        threads.newThread(() -> whileDining(dinnerEnded, this::dine)).start();
        threads.newThread(() -> whileDining(talkEnded, () -> talk(talkRandom))).start();
    }

    private interface Course {
        void run() throws InterruptedException;
    }

    private void whileDining(CompletableFuture<Void> end, Course course) {
        try {
            course.run();
        } catch (InterruptedException | RuntimeException choked) {
            porch.tell(Porch.complaint("seat " + seat + " choked: " + choked));
        } finally {
            end.complete(null);
        }
    }

    private void dine() throws InterruptedException {
        int left = seat;
        int right = (seat + 1) % forks;
        for (long meal = 1; !stopping; meal++) {
            Thread.sleep(random.nextInt(THINK_MS));
            porch.tell(Frame.of(Frame.Kind.HUNGRY, seat, meal, 0));
            Frame first = ask(Frame.Kind.TAKE, Math.min(left, right)).join();
            Frame second = ask(Frame.Kind.TAKE, Math.max(left, right)).join();
            byte[] grants = ByteBuffer.allocate(16).putLong(first.value()).putLong(second.value()).array();
            porch.tell(new Frame(Frame.Kind.EATING, seat, meal, wallClockMicros(), grants));
            Thread.sleep(1 + random.nextInt(EAT_MS));
            porch.tell(Frame.of(Frame.Kind.ATE, seat, meal, wallClockMicros()));
            CompletableFuture.allOf(ask(Frame.Kind.RELEASE, left), ask(Frame.Kind.RELEASE, right)).join();
        }
    }

    private CompletableFuture<Frame> ask(Frame.Kind kind, int fork) {
        return asking.ask(session, kind, fork, new byte[0]);
    }

    private void talk(SplittableRandom talkRandom) throws InterruptedException {
        Talk talk = new Talk(talkRandom);
        Semaphore inFlight = new Semaphore(TALKS_IN_FLIGHT);
        while (!stopping) {
            inFlight.acquire();
            asking.ask(session, Frame.Kind.TALK, 0, talk.words()).thenRun(inFlight::release);
            Thread.sleep(talkRandom.nextInt(TALK_PAUSE_MS));
        }
    }

    /** The wall clock is the one clock that a move does not touch, so meals of different processes can be compared. */
    private static long wallClockMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public void frame(Session from, Frame answer) {
        if (!asking.answered(answer)) {
            porch.tell(Porch.complaint("seat " + seat + " got an answer too many: " + answer.kind() + " to request "
                    + Frame.numberOf(answer.id())));
        }
    }

    @Override
    public void lost(Session from, IOException why) {
        porch.tell(Porch.complaint("seat " + seat + " lost its connection", why));
    }

    @Override
    public String stop() {
        stopping = true;
        CompletableFuture.allOf(dinnerEnded, talkEnded).join();
        asking.allAnswered().join();
        return "asked=" + asking.asked() + "\nanswered=" + asking.answered() + "\nin=" + session.received() + "\nout="
                + session.sent() + "\n";
    }
}

package io.homeport.demo;

import io.homeport.demo.watch.Accounts;
import io.homeport.demo.watch.Hunger;
import io.homeport.demo.watch.Rules;
import io.homeport.demo.watch.Verdict;
import io.homeport.demo.watch.Watcher;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * One dinner, from laying the table to settling the accounts. The caller's thread runs it; a thread of its own beats the
 * hearts; any thread may ask for the {@link #scene}.
 */
final class Dinner implements Closeable {
    private static final long HEARTBEAT_MS = 5;
    private static final long START_TIMEOUT_MS = 60_000;
    private static final long END_TIMEOUT_MS = 30_000;
    /** The same once the dinner has failed: whoever waits for the lost one will not finish. */
    private static final long BROKEN_TIMEOUT_MS = 1_000;
    /** How long a philosopher is waited for who is to travel with forks in hand. */
    private static final long FORKS_TIMEOUT_MS = 3_000;
    /** Until a silence counts as being on the road, and after a move until the next thing is done. */
    private static final long ON_THE_ROAD_MICROS = 40_000;

    private static final long SETTLE_MS = 300;
    private static final int TENTH_SECOND_BEATS = 20;

    private final Stage stage;
    private final Settings settings;
    private final Consumer<String> news;
    private final Verdict verdict = new Verdict();
    private final Rules rules = new Rules(Guest.SEATS, verdict);
    private final List<Traveller> travellers = new CopyOnWriteArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final Histogram silencesMicros = new Histogram(3);
    private final long startedNanos = System.nanoTime();
    private volatile Traveller onTheRoad;
    private volatile int forksOnTheRoad;
    private volatile boolean served;
    private volatile boolean over;
    private int movesDone;
    private int movesWithForks;

    /**
     * How long and how wild.
     *
     * @param seconds the least time that the philosophers dine
     * @param pauseMs between two moves
     * @param key the TLS philosopher's key file
     */
    record Settings(int moves, int seed, int seconds, long pauseMs, Path key) {}

    /** `news` hears each line of the log when it happens. */
    Dinner(Stage stage, Settings settings, Consumer<String> news) {
        this.stage = stage;
        this.settings = settings;
        this.news = news;
    }

    /** Runs the whole dinner; IOException if it could not even begin. */
    Outcome run() throws IOException, InterruptedException {
        Thread heart = new Thread(this::beat, "heartbeat");
        heart.setDaemon(true);
        heart.start();
        seatEverybody();
        travellers.forEach(traveller -> traveller.watcher().begin());
        served = true;
        await(START_TIMEOUT_MS, () -> rules.meals() >= Guest.SEATS || anybodyLost());
        say("dinner begins");
        long servedNanos = System.nanoTime();
        for (Script.Move move : new Script(settings.seed, settings.moves, Guest.company(), stage.nodes().size()).moves()) {
            if (anybodyLost()) {
                break;
            }
            travel(move);
            Thread.sleep(settings.pauseMs);
        }
        await(settings.seconds * 1000L - (System.nanoTime() - servedNanos) / 1_000_000, this::anybodyLost);
        return settle();
    }

    private void seatEverybody() throws IOException, InterruptedException {
        String forksAddress = stage.address(stage.nodes().get(0)).getHostAddress();
        for (Guest guest : Guest.company()) {
            String home = stage.nodes().get(guest.home());
            stage.start(guest, home, guest.mainAndSettings(forksAddress, settings.key, settings.seed));
        }
        for (Guest guest : Guest.company()) {
            travellers.add(new Traveller(guest, watch(guest)));
        }
        say("five philosophers and their forks: six JVMs on " + String.join(", ", stage.nodes()));
    }

    private Watcher watch(Guest guest) throws IOException, InterruptedException {
        InetSocketAddress porch = new InetSocketAddress(stage.address(stage.nodes().get(guest.home())), guest.porchPort());
        for (long leftMs = START_TIMEOUT_MS; ; leftMs -= 100) {
            try {
                return new Watcher(guest.title(), porch, verdict, rules::happened);
            } catch (IOException notYet) {
                if (leftMs <= 0) {
                    String words = guest.title() + " does not answer at " + porch + "\n" + stage.lastWords(guest);
                    throw new IOException(words, notYet);
                }
                Thread.sleep(100);
            }
        }
    }

    private void beat() {
        Hunger hunger = null;
        long next = System.nanoTime();
        for (long beats = 0; !over; beats++) {
            travellers.forEach(traveller -> traveller.watcher().beat());
            lookAtTheRoad();
            if (beats % TENTH_SECOND_BEATS == 0 && served) {
                long nowMs = System.nanoTime() / 1_000_000;
                hunger = hunger == null ? new Hunger(Guest.SEATS, verdict, nowMs) : hunger;
                hunger.look(rules, onTheRoad != null, nowMs);
            }
            next += HEARTBEAT_MS * 1_000_000;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    /** Notes the forks that the traveller holds while it is silent. */
    private void lookAtTheRoad() {
        Traveller traveller = onTheRoad;
        if (traveller != null && traveller.watcher().meter().openMicros() > ON_THE_ROAD_MICROS) {
            forksOnTheRoad = Math.max(forksOnTheRoad, rules.forksOf(traveller.guest().seat()));
        }
    }

    private void travel(Script.Move move) throws InterruptedException {
        Traveller traveller = travellers.get(Guest.company().indexOf(move.guest()));
        if (traveller.node() == move.to()) {
            return; // Only after a failed move, which has been noted.
        }
        Guest guest = move.guest();
        await(FORKS_TIMEOUT_MS, () -> !guest.philosopher() || rules.forksOf(guest.seat()) > 0);
        String from = stage.nodes().get(traveller.node());
        String to = stage.nodes().get(move.to());
        forksOnTheRoad = 0;
        traveller.watcher().meter().mark();
        traveller.departs(move.to());
        onTheRoad = traveller;
        long departedNanos = System.nanoTime();
        try {
            stage.migrate(guest, from, to, traveller::passes);
            arrived(move, traveller, from + " → " + to, (System.nanoTime() - departedNanos) / 1_000_000);
        } catch (IOException failed) {
            traveller.arrives(traveller.node(), 0);
            verdict.violation("move " + move.number() + " of " + guest.title() + " failed: " + failed.getMessage());
            String way = from + " → " + to;
            say(String.format("#%-3d %-9s %-15s FAILED: %s", move.number(), guest.title(), way, failed.getMessage()));
        } finally {
            onTheRoad = null;
        }
    }

    private void arrived(Script.Move move, Traveller traveller, String way, long tookMs) throws InterruptedException {
        Watcher watcher = traveller.watcher();
        long heard = watcher.meter().arrivals();
        if (!await(END_TIMEOUT_MS, () -> watcher.meter().arrivals() > heard || watcher.lost())) {
            verdict.violation(traveller.guest().title() + " is silent since its move " + move.number());
        }
        Thread.sleep(SETTLE_MS);
        long silenceMicros = watcher.meter().longestSinceMarkMicros();
        silencesMicros.recordValue(silenceMicros);
        traveller.arrives(move.to(), silenceMicros);
        Boolean knocked = outcome(watcher.knock(), "answer to a knock at " + traveller.guest().title() + "'s old door");
        if (Boolean.FALSE.equals(knocked)) {
            verdict.violation(traveller.guest().title() + " does not open its old door any more");
        }
        synchronized (this) {
            movesDone++;
            movesWithForks += forksOnTheRoad > 0 ? 1 : 0;
        }
        say(String.format(Locale.ROOT, "#%-3d %-9s %-15s silence %4d ms   move %5.2f s   %s", move.number(),
                traveller.guest().title(), way, silenceMicros / 1000, tookMs / 1000.0, "Ψ".repeat(forksOnTheRoad)));
    }

    private Outcome settle() throws InterruptedException {
        Map<Integer, Future<String>> asked = new HashMap<>();
        for (Traveller traveller : travellers.subList(1, travellers.size())) {
            asked.put(traveller.guest().seat(), traveller.watcher().stop());
        }
        Map<Integer, String> reports = new HashMap<>();
        for (Map.Entry<Integer, Future<String>> report : asked.entrySet()) {
            reports.put(report.getKey(), outcome(report.getValue(), "report of seat " + report.getKey()));
        }
        String server = outcome(travellers.get(0).watcher().stop(), "report of the fork server");
        over = true;
        if (!await(END_TIMEOUT_MS, () -> allAnswered() || anybodyLost())) {
            verdict.violation("some heartbeats were never answered");
        }
        rules.settle();
        Accounts accounts = new Accounts(0, 0, 0);
        if (server != null && !reports.containsValue(null)) {
            accounts = Accounts.settle(reports, server, verdict);
        }
        return outcome(accounts);
    }

    private <T> T outcome(Future<T> pending, String what) throws InterruptedException {
        try {
            return pending.get(anybodyLost() ? BROKEN_TIMEOUT_MS : END_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException none) {
            verdict.violation("no " + what);
            return null;
        }
    }

    private Outcome outcome(Accounts accounts) {
        Histogram pulse = new Histogram(3);
        long observed = 0;
        for (Traveller traveller : travellers) {
            traveller.watcher().meter().addTo(pulse);
            observed += traveller.watcher().receivedBytes() + traveller.watcher().sentBytes();
        }
        return new Outcome(movesDone, movesWithForks, rules.meals(), verdict.violations(), verdict.mismatches(), accounts,
                observed, silencesMicros, pulse);
    }

    private boolean allAnswered() {
        return travellers.stream().allMatch(traveller -> traveller.watcher().allAnswered());
    }

    private boolean anybodyLost() {
        return travellers.stream().anyMatch(traveller -> traveller.watcher().lost());
    }

    private static boolean await(long timeoutMs, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutMs * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(2);
        }
        return true;
    }

    private void say(String line) {
        synchronized (this) {
            log.add(line);
        }
        news.accept(line);
    }

    /** This moment, for a view; each call also takes everybody's pulse. */
    synchronized Scene scene() {
        List<Scene.Person> people = new ArrayList<>();
        for (Traveller traveller : travellers) {
            traveller.feelPulse();
            int seat = traveller.guest().seat();
            boolean seated = traveller.guest().philosopher();
            people.add(new Scene.Person(traveller.guest(), traveller.node(), traveller.headingTo(), traveller.step(),
                    seated ? rules.phase(seat) : null, seated ? rules.forksOf(seat) : 0, seated ? rules.meals(seat) : 0,
                    traveller.pulseMicros(), traveller.worstMicros()));
        }
        List<Integer> holders = new ArrayList<>();
        for (int fork = 0; fork < Guest.SEATS; fork++) {
            holders.add(rules.holder(fork));
        }
        List<String> faults = new ArrayList<>(verdict.violations());
        faults.addAll(verdict.mismatches());
        return new Scene((System.nanoTime() - startedNanos) / 1_000_000, movesDone, settings.moves, faults, stage.nodes(),
                people, holders, List.copyOf(log));
    }

    @Override
    public void close() {
        over = true;
        travellers.forEach(traveller -> traveller.watcher().close());
    }
}

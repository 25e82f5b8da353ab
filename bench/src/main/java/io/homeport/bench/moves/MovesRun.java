package io.homeport.bench.moves;

import io.homeport.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One service's way round the lab under its clients' pings, with a floor measured before or after every move, and a move by
 * {@code criu --tcp-established} before or after both, if that is asked for. One thread.
 *
 * <pre>
 *   by hand, move | move, by hand | --tcp-established, move, by hand | ...     the seed decides the order
 * </pre>
 */
public final class MovesRun {
    private static final String[] WAY = {"alpha", "beta", "gamma"};
    private static final int PORT = 7700;
    /** From the port of the service that Homeport moves to that of the other one, on the same node. */
    private static final int NEXT_PORTS = 10_000;

    private static final long ANSWER_MS = 30_000;
    private static final long LEAST_REST_MS = 200;
    private static final int REST_MS = 200;
    private static final long WARM_MS = 2_000;

    private final Lab lab;
    private final JvmPlan jvm;
    private final String criu;
    private final boolean tcpEstablished;
    private final Random random;
    private final Consumer<String> progress;

    /**
     * @param lab with nodes alpha, beta and gamma
     * @param criu path of CRIU, for what is done by hand
     * @param tcpEstablished whether another service is moved by {@code criu --tcp-established}, its address along
     * @param progress told of every move
     */
    public MovesRun(Lab lab, JvmPlan jvm, String criu, boolean tcpEstablished, long seed, Consumer<String> progress) {
        this.lab = lab;
        this.jvm = jvm;
        this.criu = criu;
        this.tcpEstablished = tcpEstablished;
        this.random = new Random(seed);
        this.progress = progress;
    }

    /**
     * The clients of a service.
     *
     * @param connections how many
     * @param intervalNs between two pings of a connection
     */
    public record Clients(int connections, long intervalNs) {}

    /** A service that is moved, and its clients; these are quiet while it is another's turn. */
    private record Subject(Clients clients, String name, PingLoad load, AddressedService addressed, List<MoveSample> samples) implements AutoCloseable {
        void pause() {
            load.pause();
            if (addressed != null) {
                addressed.load().pause();
            }
        }

        @Override
        public void close() throws IOException {
            load.close();
            if (addressed != null) {
                addressed.close();
            }
        }
    }

    /**
     * Starts a service for each of these on alpha, with its clients, moves them in turn, each as often, and ends all: whatever a machine does to one
     * in the course of a run, it does to the others.
     *
     * @return the moves of each, in the order given
     * @throws IOException when a move or a checkpoint by hand fails, or a client gets a wrong answer or none
     */
    public List<List<MoveSample>> measure(List<Clients> all, int moves) throws IOException, InterruptedException {
        List<Subject> subjects = new ArrayList<>();
        try (Closing closing = () -> closeAll(subjects)) {
            FloorService floor = FloorService.start(lab.node(WAY[0]), criu, jvm);
            for (Clients clients : all) {
                subjects.add(start(clients));
                Thread.sleep(WARM_MS);
                subjects.get(subjects.size() - 1).pause();
            }
            for (int move = 0; move < moves; move++) {
                String from = WAY[move % WAY.length];
                String to = WAY[(move + 1) % WAY.length];
                List<Subject> turn = new ArrayList<>(subjects);
                Collections.shuffle(turn, random);
                for (Subject subject : turn) {
                    subject.load.resume();
                    subject.samples.add(sample(subject, from, to, floor));
                    subject.pause();
                    progress.accept(subject.clients.connections + " connections, " + (move + 1) + " of " + moves + ": " + subject.samples.get(move));
                }
            }
            floor.end();
        }
        return subjects.stream().map(Subject::samples).toList();
    }

    private interface Closing extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private static void closeAll(List<Subject> subjects) throws IOException {
        for (Subject subject : subjects) {
            subject.close();
        }
    }

    private Subject start(Clients clients) throws IOException, InterruptedException {
        int port = PORT + clients.connections % 10_000;
        String name = "echo-" + clients.connections;
        String ready = "/run/" + name + ".ready";
        List<String> start = new ArrayList<>(List.of("homeport", "run", "--name", name, "--"));
        start.addAll(jvm.words(port, ready));
        ServiceStart.start(lab.node(WAY[0]), ready, start);
        AddressedService addressed = tcpEstablished
                ? AddressedService.start(lab, criu, jvm, port + NEXT_PORTS, clients.connections, clients.intervalNs)
                : null;
        PingLoad load = new PingLoad(new InetSocketAddress(lab.node(WAY[0]).address(), port), clients.connections, clients.intervalNs);
        return new Subject(clients, name, load, addressed, new ArrayList<>());
    }

    private MoveSample sample(Subject subject, String from, String to, FloorService floor) throws IOException, InterruptedException {
        boolean addressedFirst = tcpEstablished && random.nextBoolean();
        Optional<AddressedMove> before = addressedFirst ? Optional.of(addressedMove(subject)) : Optional.empty();
        MoveSample sample = sample(subject.name, from, to, subject.load, floor);
        boolean addressedLast = tcpEstablished && !addressedFirst;
        return sample.beside(addressedLast ? Optional.of(addressedMove(subject)) : before);
    }

    private MoveSample sample(String name, String from, String to, PingLoad load, FloorService floor)
            throws IOException, InterruptedException {
        boolean floorFirst = random.nextBoolean();
        Floor before = floorFirst ? rested(load, floor) : null;
        rest(load);
        List<String> migrate = List.of("homeport", "migrate", name, "--to", to, "--json");
        Moved moved = Moved.parse(Command.run(lab.node(from), migrate));
        load.awaitAnswers(ANSWER_MS);
        long[] silencesNs = load.takeLongestWaitsNs();
        return new MoveSample(from, to, silencesNs, moved, floorFirst ? before : rested(load, floor), Optional.empty());
    }

    /** The clients of one service are quiet while the other one is moved. */
    private AddressedMove addressedMove(Subject subject) throws IOException, InterruptedException {
        AddressedService addressed = subject.addressed;
        subject.load.pause();
        addressed.load().resume();
        rest(addressed.load());
        AddressedMove move = addressed.move();
        addressed.load().pause();
        subject.load.resume();
        return move;
    }

    private Floor rested(PingLoad load, FloorService floor) throws IOException, InterruptedException {
        rest(load);
        return floor.dumpAndRestore();
    }

    /** Lets what went before fade, and no move keep step with the pings. Forgets the waits until then. */
    private void rest(PingLoad load) throws IOException, InterruptedException {
        Thread.sleep(LEAST_REST_MS + random.nextInt(REST_MS));
        load.awaitAnswers(ANSWER_MS);
        load.takeLongestWaitsNs();
    }

    /** The interval that keeps all connections together at no more than so many pings a second, in ns. */
    public static long intervalNs(int connections, double leastMs, int pingsPerSecond) {
        long least = Math.round(leastMs * 1e6);
        return Math.max(least, TimeUnit.SECONDS.toNanos(connections) / pingsPerSecond);
    }
}

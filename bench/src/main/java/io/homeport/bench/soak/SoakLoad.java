package io.homeport.bench.soak;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The clients of all services, on a thread of its own. A connection that has lived its time ends and another is opened in its place,
 * wherever the service is just then.
 *
 * <p>Public methods may be called by any thread; they hand their work to the load's.
 */
public final class SoakLoad implements Closeable {
    private static final int STEP_MS = 2;
    private static final int LEAST_LIFE_MS = 2_000;
    private static final int MOST_LIFE_MS = 40_000;
    private static final int BUFFER_BYTES = 256 << 10;
    /** A service that is gone refuses every connection at once. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Selector selector;
    private final Random random;
    private final Consumer<String> complaints;
    private final Map<String, Crowd> crowds = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final List<Supplier<Boolean>> waits = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Thread thread = new Thread(this::run, "soak-load");
    private final LoadCounts past = new LoadCounts();
    private volatile boolean closing;
    private int opened;

    /** The clients of one service. @param vacancies clients that are to be opened */
    private record Crowd(String service, InetSocketAddress address, List<Vacancy> vacancies, List<SoakClient> clients) {}

    private record Vacancy(Pace pace, long fromNs) {}

    /** @param complaints told of every connection that breaks, on the load's thread */
    public SoakLoad(long seed, Consumer<String> complaints) throws IOException {
        this.selector = Selector.open();
        this.random = new Random(seed);
        this.complaints = complaints;
        thread.setDaemon(true);
        thread.start();
    }

    /** Opens a client of each pace, and keeps as many open. */
    void add(String service, InetSocketAddress address, List<Pace> paces) {
        ask(() -> {
            long nowNs = System.nanoTime();
            List<Vacancy> vacancies = new ArrayList<>(paces.stream().map(pace -> new Vacancy(pace, nowNs)).toList());
            crowds.put(service, new Crowd(service, address, vacancies, new ArrayList<>()));
            return null;
        });
    }

    /** Closes the clients of a service that is given up. */
    void drop(String service) {
        ask(() -> {
            Crowd crowd = crowds.remove(service);
            crowd.clients().forEach(client -> {
                client.drop();
                past.take(client);
            });
            return null;
        });
    }

    /** What has been counted so far. */
    LoadCounts counts() {
        return ask(() -> {
            LoadCounts all = new LoadCounts().add(past);
            crowds.values().forEach(crowd -> crowd.clients().forEach(client -> all.words.add(client.counts())));
            return all;
        });
    }

    /**
     * Waits until everything that the clients of a service have sent by now is back, one new word of each included.
     *
     * @return the connections that do not get on for {@code patienceMs}, which slow ones do; empty if all do
     */
    List<String> awaitAnswers(String service, long patienceMs) throws InterruptedException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Map<SoakClient, Long> marks = ask(() -> {
            Map<SoakClient, Long> nudged = new LinkedHashMap<>();
            crowds.get(service).clients().forEach(client -> nudged.put(client, client.nudge()));
            waits.add(() -> nudged.entrySet().stream().allMatch(mark -> answered(mark.getKey(), mark.getValue())) && done.complete(null));
            return nudged;
        });
        Map<SoakClient, Long> before = Map.of();
        while (!await(done, patienceMs)) {
            Map<SoakClient, Long> late = ask(() -> marks.entrySet().stream()
                    .filter(mark -> !answered(mark.getKey(), mark.getValue()))
                    .collect(Collectors.toMap(Map.Entry::getKey, mark -> mark.getKey().answered())));
            Map<SoakClient, Long> earlier = before;
            List<String> stuck = late.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(earlier.get(entry.getKey())))
                    .map(entry -> entry.getKey() + ", " + marks.get(entry.getKey()) + " wanted")
                    .toList();
            if (!stuck.isEmpty()) {
                return stuck;
            }
            before = late;
        }
        return List.of();
    }

    /** Ends all connections in an orderly way. @return those that did not end in time */
    List<String> finish(long patienceMs) throws InterruptedException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ask(() -> {
            closing = true;
            crowds.values().forEach(crowd -> crowd.clients().forEach(SoakClient::endSoon));
            waits.add(() -> crowds.values().stream().allMatch(crowd -> crowd.clients().isEmpty()) && done.complete(null));
            return null;
        });
        if (await(done, patienceMs)) {
            return List.of();
        }
        return ask(() -> crowds.values().stream().flatMap(crowd -> crowd.clients().stream()).map(SoakClient::toString).toList());
    }

    /** Closes what is still open, without asking what became of its bytes. */
    @Override
    public void close() throws IOException {
        thread.interrupt();
        selector.close();
    }

    private static boolean answered(SoakClient client, long mark) {
        return client.answered() >= mark || client.state() == SoakClient.State.OVER || client.state() == SoakClient.State.BROKEN;
    }

    private static boolean await(CompletableFuture<Void> done, long patienceMs) throws InterruptedException {
        try {
            done.get(patienceMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        errands.add(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
            }
        });
        selector.wakeup();
        return answer.join();
    }

    private void run() {
        while (selector.isOpen() && !thread.isInterrupted()) {
            try {
                selector.select(this::serve, STEP_MS);
                for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
                    errand.run();
                }
                long nowNs = System.nanoTime();
                for (Crowd crowd : crowds.values()) {
                    crowd.clients().forEach(client -> client.tick(nowNs));
                    bury(crowd);
                    replace(crowd);
                }
                waits.removeIf(Supplier::get);
            } catch (IOException | java.nio.channels.ClosedSelectorException closed) {
                return;
            }
        }
    }

    private void serve(SelectionKey key) {
        SoakClient client = (SoakClient) key.attachment();
        if (key.isValid() && key.isReadable()) {
            client.receive(in);
        }
        if (key.isValid() && (key.isWritable() || key.isConnectable())) {
            client.ready();
        }
    }

    private void bury(Crowd crowd) {
        crowd.clients().removeIf(client -> {
            boolean over = client.state() == SoakClient.State.OVER || client.state() == SoakClient.State.BROKEN;
            if (over) {
                past.take(client);
                boolean well = client.problem() == null && client.counts().clean();
                crowd.vacancies().add(new Vacancy(client.pace(), System.nanoTime() + (well ? 0 : RETRY_NS)));
                if (!well) {
                    complaints.accept(client.problem() != null ? client.problem() : client + ": " + client.counts());
                }
            }
            return over;
        });
    }

    private void replace(Crowd crowd) throws IOException {
        for (Vacancy vacancy : closing ? List.<Vacancy>of() : List.copyOf(crowd.vacancies())) {
            if (vacancy.fromNs() - System.nanoTime() > 0) {
                continue;
            }
            crowd.vacancies().remove(vacancy);
            int lifeMs = LEAST_LIFE_MS + random.nextInt(MOST_LIFE_MS - LEAST_LIFE_MS);
            Random own = new Random(random.nextLong());
            crowd.clients().add(new SoakClient(crowd.service(), opened++, crowd.address(), selector, own, vacancy.pace(), lifeMs));
            past.opened++;
        }
    }
}

package io.homeport.bench.soak;

import io.homeport.lab.Lab;
import java.io.Closeable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Watches every process of every node from the host, some hundred times a second, for two copies of one service that run at the same
 * time.
 *
 * <p>Its thread looks; public methods are for any.
 */
public final class CopyWatch implements Closeable {
    private static final int PAUSE_MS = 5;
    private static final int MOST_MS_TO_A_STOP = 1_000;

    private final HostScan scan;
    private final Consumer<String> complaints;
    private final Set<Set<Integer>> told = new HashSet<>();
    private final AtomicInteger pairs = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "soak-copies");
    private volatile HostScan.Seen seen = new HostScan.Seen(List.of(), List.of());
    private volatile long looks;

    /** Begins to watch. @param complaints told of two running copies, on the watch's thread */
    public CopyWatch(Lab lab, Consumer<String> complaints) {
        Map<String, String> nodes = new HashMap<>();
        lab.nodes().forEach(node -> nodes.put(HostProcess.net(node.initPid()).orElseThrow(), node.name()));
        this.scan = new HostScan(nodes);
        this.complaints = complaints;
        thread.setDaemon(true);
        thread.start();
    }

    /** Times that two running copies of a service were seen. */
    int pairs() {
        return pairs.get();
    }

    /** The copies of a service, by a look that began after this call. */
    List<Copy> copies(String service) throws InterruptedException {
        long enough = looks + 2;
        while (looks < enough) {
            Thread.sleep(1);
        }
        return lastCopies(service);
    }

    /** The copies of a service, by the last look. */
    List<Copy> lastCopies(String service) {
        return seen.copies().stream().filter(copy -> copy.service().equals(service)).toList();
    }

    /** CRIU's processes at a node, by the last look. */
    List<HostScan.CriuProcess> crius(String node) {
        return seen.crius().stream().filter(criu -> criu.node().equals(node)).toList();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (!thread.isInterrupted()) {
                seen = scan.look();
                looks++;
                for (Copy copy : seen.copies()) {
                    judge(copy);
                }
                Thread.sleep(PAUSE_MS);
            }
        } catch (InterruptedException closed) {
            thread.interrupt();
        }
    }

    private void judge(Copy copy) throws InterruptedException {
        for (Copy other : seen.copies()) {
            boolean pair = other.pid() > copy.pid() && other.service().equals(copy.service());
            if (pair && copy.runs() && other.runs() && bothRun(copy, other) && told.add(Set.of(copy.pid(), other.pid()))) {
                pairs.incrementAndGet();
                complaints.accept("two copies of " + copy.service() + " run: " + copy + " and " + other);
            }
        }
    }

    /**
     * A process in another state than S may be on its way to a stop that it has been sent; asleep it has been sent none, and a JVM's first
     * thread is asleep unless something wakes it.
     */
    private static boolean bothRun(Copy one, Copy other) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MS_TO_A_STOP);
        while (System.nanoTime() < endNs) {
            Optional<Copy> oneNow = running(one);
            Optional<Copy> otherNow = running(other);
            if (oneNow.isEmpty() || otherNow.isEmpty()) {
                return false;
            }
            if (oneNow.get().state() == 'S' && otherNow.get().state() == 'S') {
                return true;
            }
            Thread.sleep(1);
        }
        return true;
    }

    /**
     * As it is now, if it runs. In this order: CRIU stops what it has restored before it ends, and a stopped process that is killed has the
     * signal before it leaves that state.
     */
    private static Optional<Copy> running(Copy copy) {
        if (HostProcess.beingRestored(copy.pid())) {
            return Optional.empty();
        }
        return HostScan.again(copy).filter(Copy::runs).filter(now -> !HostProcess.dying(now.pid()));
    }
}

package io.homeport.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * A client of requests and answers that goes on until it is stopped, on a thread of its own, and keeps what it saw: how many
 * answers, the longest time one took, which connections were used, the first failures.
 *
 * <p>Any thread may ask; {@link #stop} is called once.
 */
public final class RequestLoop {
    /** One request and its checked answer. */
    @FunctionalInterface
    public interface Exchange {
        /** Does the exchange with this number, from 0. @return what names the connection, or null if nothing does */
        String run(long number) throws Exception;
    }

    private static final int PROBLEM_LIMIT = 5;

    private final String label;
    private final Exchange exchange;
    private final int pauseMs;
    private final AutoCloseable resource;
    private final Thread thread;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> connections = new TreeSet<>();
    private long answered;
    private long longestMs;
    private volatile boolean stopping;

    /** Starts; pauses are random up to {@code pauseMs}; {@code resource} is closed at the end. */
    public RequestLoop(String label, int pauseMs, AutoCloseable resource, Exchange exchange) {
        this.label = label;
        this.exchange = exchange;
        this.pauseMs = pauseMs;
        this.resource = resource;
        thread = new Thread(this::run, label);
        thread.setDaemon(true);
        thread.start();
    }

    /** Number of right answers so far. */
    public synchronized long answered() {
        return answered;
    }

    /** Longest time from a request to its answer, in ms. */
    public synchronized long longestMs() {
        return longestMs;
    }

    /** First failures, empty if there were none. */
    public synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** Names of the connections that were used. */
    public synchronized Set<String> connections() {
        return new TreeSet<>(connections);
    }

    /** Ends after the exchange that is under way. @return false if that one did not end in time */
    public boolean stop(long timeoutMs) throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join(timeoutMs);
        return !thread.isAlive();
    }

    @Override
    public synchronized String toString() {
        return label + " answered=" + answered + " longestMs=" + longestMs + " connections=" + connections + " problems=" + problems;
    }

    private void run() {
        Random random = new Random(label.hashCode());
        for (long number = 0; !stopping && problems().size() < PROBLEM_LIMIT; number++) {
            long before = System.nanoTime();
            try {
                String connection = exchange.run(number);
                told(connection, (System.nanoTime() - before) / 1_000_000);
            } catch (Exception | AssertionError e) {
                failed(number, e);
            }
            if (pauseMs > 0) {
                LockSupport.parkNanos(1_000_000L * random.nextInt(pauseMs));
            }
        }
        try {
            resource.close();
        } catch (Exception e) {
            failed(-1, e);
        }
    }

    private synchronized void told(String connection, long tookMs) {
        answered++;
        longestMs = Math.max(longestMs, tookMs);
        if (connection != null) {
            connections.add(connection);
        }
    }

    private synchronized void failed(long number, Throwable why) {
        problems.add("exchange " + number + ": " + why);
    }
}

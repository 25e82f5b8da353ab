package io.homeport.bench.moves;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that ping at a fixed rate, whether answers come or not, and know how long each answer was due.
 *
 * <pre>
 *   ping n of connection c falls due at   start + (n * connections + c) * interval / connections
 *   its wait                              arrival of its answer - when it fell due
 * </pre>
 *
 * <p>A wait is counted from the moment at which the ping was due, not from when it was sent: so a client that is held up itself counts
 * all pings that it would have sent meanwhile (the correction for coordinated omission is in the schedule). Pings are due in whole
 * milliseconds at best: that is how exactly the thread sleeps.
 *
 * <p>Its thread does all the work; public methods are for one other thread.
 */
public final class PingLoad implements Closeable {
    private static final long PAUSE_STEP_MS = 10;

    /** Pings that a socket did not take, for so long: beyond it the service is not coming back. */
    private static final long BACKLOG_NS = TimeUnit.SECONDS.toNanos(30);

    private static final int LEAST_BACKLOG = 64;

    private final List<Pinger> pingers = new ArrayList<>();
    private final Selector selector;
    private final long stepNs;
    private final Thread thread;
    private long startNs;
    private long due;
    private volatile boolean paused;
    private volatile boolean closing;
    private volatile String problem;

    /**
     * Connects and begins.
     *
     * @param connections how many clients
     * @param intervalNs time between two pings of one client
     */
    public PingLoad(InetSocketAddress service, int connections, long intervalNs) throws IOException {
        selector = Selector.open();
        int backlog = Math.toIntExact(Math.max(LEAST_BACKLOG, BACKLOG_NS / intervalNs));
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open(service);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Pinger pinger = new Pinger("connection " + i, channel, backlog);
            channel.register(selector, SelectionKey.OP_READ, pinger);
            pingers.add(pinger);
        }
        stepNs = intervalNs / connections;
        startNs = System.nanoTime();
        thread = new Thread(this::run, "pings");
        thread.setDaemon(true);
        thread.start();
    }

    /** No ping falls due from now on: somebody else is measured. Answers are still taken. */
    public void pause() {
        paused = true;
    }

    /** Goes on where it was; what would have been due in between never was. */
    public void resume() {
        paused = false;
        selector.wakeup();
    }

    /** Longest wait of each connection since the last call, in ns: the silence that this client heard. */
    public long[] takeLongestWaitsNs() {
        return pingers.stream().mapToLong(Pinger::takeLongestWaitNs).toArray();
    }

    /**
     * Waits until every connection has the answer to a ping that fell due after this call.
     *
     * @throws IOException when an answer is missing or wrong, or does not come in time
     */
    public void awaitAnswers(long timeoutMs) throws IOException, InterruptedException {
        long now = System.nanoTime();
        for (Pinger pinger : pingers) {
            while (pinger.lastAnsweredNs() < now) {
                check();
                if (System.nanoTime() - now > TimeUnit.MILLISECONDS.toNanos(timeoutMs)) {
                    throw new IOException(pinger + " has had no answer for " + timeoutMs + " ms");
                }
                Thread.sleep(1);
            }
        }
        check();
    }

    /** Ends the pinging and closes the connections. */
    @Override
    public void close() throws IOException {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        for (Pinger pinger : pingers) {
            pinger.close();
        }
        selector.close();
    }

    private void check() throws IOException {
        if (problem != null) {
            throw new IOException(problem);
        }
    }

    private void run() {
        try {
            while (!closing) {
                if (paused) {
                    selector.select(key -> receive((Pinger) key.attachment()), PAUSE_STEP_MS);
                    startNs = System.nanoTime() - due * stepNs;
                    continue;
                }
                long untilDueNs = startNs + due * stepNs - System.nanoTime();
                // Select takes whole milliseconds, and 0 would be for ever: a little late, never early.
                if (untilDueNs > 0) {
                    selector.select(key -> receive((Pinger) key.attachment()), TimeUnit.NANOSECONDS.toMillis(untilDueNs) + 1);
                }
                sendWhatIsDue();
            }
        } catch (IOException | RuntimeException failed) {
            problem = failed.toString();
        }
    }

    private void sendWhatIsDue() throws IOException {
        long now = System.nanoTime();
        for (long at = startNs + due * stepNs; at <= now; at = startNs + due * stepNs) {
            pingers.get((int) (due % pingers.size())).send(at);
            due++;
        }
        selector.selectNow(key -> receive((Pinger) key.attachment()));
    }

    private void receive(Pinger pinger) {
        try {
            pinger.receive(System.nanoTime());
        } catch (IOException failed) {
            problem = pinger + ": " + failed.getMessage();
            closing = true;
        }
    }
}

package io.homeport.bench.soak;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a service that echoes: sends numbered words at its {@link Pace}, judges what comes back, and ends after its time
 * in an orderly way: it says that it sends no more, and reads to the end.
 *
 * <pre>
 *   CONNECTING ─▶ OPEN ─ its time is over, all is written ─▶ ENDING ─ end of stream ─▶ OVER
 *        └──────────┴─────────── an error, or an end that is too early ─────────────▶ BROKEN
 * </pre>
 *
 * <p>Used by the load's thread alone.
 */
final class SoakClient {
    enum State {
        CONNECTING,
        OPEN,
        ENDING,
        OVER,
        BROKEN
    }

    private static final int BUFFER_BYTES = 64 << 10;

    private final String name;
    private final Pace pace;
    private final Random random;
    private final WordChecker checker;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private State state = State.CONNECTING;
    private String problem;
    private long filledWords;
    private long wantedWords;
    private long nextNs;
    private long endNs;

    /** Begins to connect. @param lifeMs for how long it sends */
    SoakClient(String service, int number, InetSocketAddress address, Selector selector, Random random, Pace pace, int lifeMs)
            throws IOException {
        this.name = "connection " + number + " (" + pace + ") to " + service;
        this.pace = pace;
        this.random = random;
        this.checker = new WordChecker(number);
        this.endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lifeMs);
        out.limit(0);
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.connect(address);
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    }

    /** Does what the socket is ready for. */
    void ready() {
        guarded(() -> {
            if (key.isConnectable() && channel.finishConnect()) {
                state = State.OPEN;
                key.interestOps(SelectionKey.OP_READ);
            } else {
                write();
            }
        });
    }

    /** Takes what has arrived. @param in free to use */
    void receive(ByteBuffer in) {
        guarded(() -> {
            in.clear();
            int count = channel.read(in);
            in.flip();
            checker.take(in, filledWords);
            if (count < 0) {
                ended();
            }
        });
    }

    /** Sends what is due. */
    void tick(long nowNs) {
        if (state != State.OPEN) {
            return;
        }
        if (nowNs >= nextNs && drained()) {
            wantedWords += pace.words(random);
            nextNs = nowNs + TimeUnit.MILLISECONDS.toNanos(pace.pauseMs(random));
        }
        guarded(this::write);
    }

    /** One word more, unless it is to be idle. @return how many words must have come back then */
    long nudge() {
        boolean sends = pace != Pace.IDLE && endNs - System.nanoTime() > 0 && state != State.ENDING;
        wantedWords += sends ? 1 : 0;
        return filledWords + wantedWords;
    }

    /** It is to end as soon as all it wants to send is sent. */
    void endSoon() {
        endNs = System.nanoTime();
    }

    /** Ends it at once; what was on its way does not count. */
    void drop() {
        close(State.OVER);
    }

    State state() {
        return state;
    }

    Pace pace() {
        return pace;
    }

    /** Why it is broken, else null. */
    String problem() {
        return problem;
    }

    WordCounts counts() {
        return checker.counts();
    }

    /** Words that have come back. */
    long answered() {
        return checker.next();
    }

    private void write() throws IOException {
        if (state != State.OPEN) {
            return;
        }
        do {
            fill();
            channel.write(out);
        } while (!out.hasRemaining() && wantedWords > 0);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        if (drained() && System.nanoTime() - endNs >= 0) {
            channel.shutdownOutput();
            state = State.ENDING;
        }
    }

    private void fill() {
        out.compact();
        while (wantedWords > 0 && out.remaining() >= WordChecker.WORD_BYTES) {
            out.putLong(checker.word(filledWords++));
            wantedWords--;
        }
        out.flip();
    }

    private boolean drained() {
        return wantedWords == 0 && !out.hasRemaining();
    }

    private void ended() throws IOException {
        if (state != State.ENDING) {
            throw new EOFException("it ended early");
        }
        checker.end(filledWords);
        close(State.OVER);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void guarded(Step step) {
        try {
            step.run();
        } catch (IOException failed) {
            problem = this + ": " + failed;
            close(State.BROKEN);
        }
    }

    private void close(State last) {
        state = last;
        try {
            channel.close();
        } catch (IOException closedAnyway) {
            // The descriptor is gone in any case (close(2)).
        }
    }

    @Override
    public String toString() {
        return name + ", " + state + ", " + filledWords + " words out, " + checker.next() + " back";
    }
}

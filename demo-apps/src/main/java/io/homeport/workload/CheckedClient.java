package io.homeport.workload;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One checked connection as the client sees it: a thread that sends at its pace and a thread that checks the answers.
 *
 * <pre>
 *   writer --- hello, chunks ... until finish(), end of stream --->  service
 *   reader <-- checks each answering byte, the last 24 are the trailer
 * </pre>
 *
 * Made by any thread; {@link #finish} and {@link #close} may be called once by any thread.
 */
public final class CheckedClient implements Closeable {
    /** How a client sends. */
    public enum Pace {
        /** Chunks of 1 byte to 16 KiB with pauses of up to 20 ms: traffic at every moment of a move. */
        ACTIVE,
        /** One chunk at the beginning and one at {@link #finish}: silent in between. */
        IDLE,
        /** As much as the socket takes: buffers full at every moment. */
        FLOOD
    }

    private static final int CHUNK_BYTES = 16 * 1024;

    private final String label;
    private final Socket socket;
    private final Hello hello;
    private final Pace pace;
    private final Random random;
    private final Thread writer;
    private final Thread reader;
    private volatile boolean finishing;
    private volatile long sent;
    private volatile long received;
    private volatile long longestSilenceNs;
    /** When the first bytes since the last arrival were sent; 0 if none were. */
    private volatile long owedSinceNs;
    private volatile Throwable writeFailure;
    private volatile Throwable readFailure;
    private volatile Trailer trailer;
    private volatile long readPauseNs;
    private long firstMismatch = -1;

    /** Starts a conversation on a connected socket, which it owns from then on. */
    public CheckedClient(String label, Socket socket, Hello hello, Pace pace) {
        this.label = label;
        this.socket = socket;
        this.hello = hello;
        this.pace = pace;
        this.random = new Random(hello.seed());
        this.writer = daemon("write " + label, this::write);
        this.reader = daemon("read " + label, this::read);
        writer.start();
        reader.start();
    }

    /** Bytes sent so far. */
    public long sentBytes() {
        return sent;
    }

    /** Bytes received so far, the trailer's included. */
    public long receivedBytes() {
        return received;
    }

    /** The client's socket, for what a test wants to know of it. */
    public Socket socket() {
        return socket;
    }

    /** What the connection was opened with. */
    public Hello hello() {
        return hello;
    }

    /** Makes the reader wait this long before each read: a slow reader; 0 makes it quick again. */
    public void readPauseMs(long pauseMs) {
        readPauseNs = pauseMs * 1_000_000;
        LockSupport.unpark(reader);
    }

    /** Longest time, in ms, that the reader waited for bytes that the service owed; forgets it. */
    public long takeLongestSilenceMs() {
        long silence = longestSilenceNs / 1_000_000;
        longestSilenceNs = 0;
        return silence;
    }

    /** First failure or wrong byte so far, or null. */
    public String problem() {
        if (firstMismatch >= 0) {
            return "wrong byte from the service at " + firstMismatch;
        }
        if (readFailure == null && writeFailure == null) {
            return null;
        }
        // The kernel tells of a reset once: who reads sees an end then if it was told to who writes.
        String failures = Stream.of(readFailure, writeFailure).filter(Objects::nonNull).map(Throwable::toString).collect(Collectors.joining(", "));
        return failures + " (sent " + sent + ", received " + received + ")";
    }

    /** Ends the sending direction, waits for the service to end its own, and judges both. */
    public Verdict finish(long timeoutMs) throws InterruptedException {
        finishing = true;
        readPauseMs(0);
        LockSupport.unpark(writer);
        long deadline = System.nanoTime() + timeoutMs * 1_000_000;
        for (Thread thread : new Thread[] {writer, reader}) {
            thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
        String problem = judge();
        close();
        return new Verdict(label, sent, received - Trailer.LENGTH_BYTES, longestSilenceNs / 1_000_000, problem);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more is expected of it.
        }
    }

    @Override
    public String toString() {
        return label + " sent " + sent + " received " + received + " problem " + problem();
    }

    private String judge() {
        if (problem() != null) {
            return problem();
        }
        if (writer.isAlive() || reader.isAlive()) {
            return "no end in time: sent " + sent + ", received " + received + ", stuck in " + (writer.isAlive() ? "write" : "read");
        }
        if (trailer == null) {
            return "no trailer: sent " + sent + ", received " + received;
        }
        if (trailer.firstMismatch() >= 0) {
            return "wrong byte at the service at " + trailer.firstMismatch();
        }
        boolean source = hello.mode() == Hello.Mode.SOURCE;
        long expected = source ? hello.lengthBytes() : sent;
        if (received - Trailer.LENGTH_BYTES != expected) {
            return "received " + (received - Trailer.LENGTH_BYTES) + " of " + expected;
        }
        return source || trailer.receivedBytes() == sent ? null : "the service received " + trailer.receivedBytes() + " of " + sent;
    }

    private void write() {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(hello.encode());
            boolean source = hello.mode() == Hello.Mode.SOURCE;
            while (!source) {
                boolean last = finishing;
                sendChunk(out);
                if (last) {
                    break;
                }
                rest();
            }
            out.flush();
            while (source && !finishing) {
                LockSupport.parkNanos(10_000_000);
            }
            socket.shutdownOutput();
        } catch (Throwable e) {
            writeFailure = e;
        }
    }

    private void sendChunk(OutputStream out) throws IOException {
        if (owedSinceNs == 0) {
            owedSinceNs = System.nanoTime();
        }
        int length = 1 + (pace == Pace.FLOOD ? CHUNK_BYTES - 1 : random.nextInt(CHUNK_BYTES));
        out.write(CheckedBytes.of(hello.seed(), sent, length));
        sent += length;
    }

    private void rest() {
        if (pace == Pace.ACTIVE) {
            LockSupport.parkNanos(random.nextInt(20_000_000));
        }
        while (pace == Pace.IDLE && !finishing) {
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** Holds the last 24 bytes back: they are the trailer if the stream ends there. */
    private void read() {
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[CHUNK_BYTES + Trailer.LENGTH_BYTES];
            int held = 0;
            while (true) {
                if (readPauseNs > 0) {
                    LockSupport.parkNanos(readPauseNs);
                }
                long before = System.nanoTime();
                int count = in.read(buffer, held, CHUNK_BYTES);
                noteSilence(before);
                if (count < 0) {
                    break;
                }
                received += count;
                held = check(buffer, held + count);
            }
            trailer = held < Trailer.LENGTH_BYTES ? null : Trailer.decode(Arrays.copyOf(buffer, Trailer.LENGTH_BYTES));
        } catch (Throwable e) {
            readFailure = e;
        }
    }

    /** The wait for these bytes counts from when the service owed them, or from when the reader began to wait. */
    private void noteSilence(long waitingSinceNs) {
        long owedSince = owedSinceNs;
        if (owedSince != 0) {
            longestSilenceNs = Math.max(longestSilenceNs, System.nanoTime() - Math.max(owedSince, waitingSinceNs));
        }
        owedSinceNs = 0;
    }

    private int check(byte[] buffer, int length) {
        int checked = Math.max(0, length - Trailer.LENGTH_BYTES);
        long position = received - length;
        int wrong = CheckedBytes.firstMismatch(CheckedBytes.answerSeed(hello.seed()), position, buffer, 0, checked);
        if (wrong >= 0 && firstMismatch < 0) {
            firstMismatch = position + wrong;
        }
        System.arraycopy(buffer, checked, buffer, 0, length - checked);
        return length - checked;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}

package io.homeport.handover;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A client that sends random bytes as fast as they come back, and compares each. */
final class EchoLoad implements AutoCloseable {
    final AtomicLong verified = new AtomicLong();
    volatile Throwable failure;
    private final Socket socket;
    private final long seed;
    private final Thread writer;
    private final Thread reader;
    private volatile boolean stop;

    EchoLoad(int port, long seed) throws IOException {
        this.seed = seed;
        socket = new Socket();
        // Not too much under way, so that progress is quick to see. Not less either: with 32 KB, loopback's segments are half a window long
        // (30,000 of 60,000 bytes, no window scaling). A write that a swap interrupts leaves an odd length (say 12 bytes) in the way, the
        // rest of the window is then smaller than a segment for good, and Linux sends only from its persist timer, every 200 ms (seen by
        // ss -ti: mss:30000 snd_wnd:29988). On a real network a window holds many segments.
        socket.setReceiveBufferSize(256 << 10);
        socket.setSendBufferSize(256 << 10);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(20_000);
        writer = new Thread(this::write);
        reader = new Thread(this::read);
        writer.start();
        reader.start();
    }

    private void write() {
        Random random = new Random(seed);
        byte[] bytes = new byte[5000];
        try {
            while (!stop) {
                random.nextBytes(bytes);
                socket.getOutputStream().write(bytes);
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            failure = e;
        }
    }

    private void read() {
        Random random = new Random(seed);
        byte[] wanted = new byte[5000];
        try {
            while (true) {
                byte[] got = socket.getInputStream().readNBytes(wanted.length);
                if (got.length == 0) {
                    return;
                }
                random.nextBytes(wanted);
                if (!java.util.Arrays.equals(got, wanted)) {
                    throw new IOException("wrong bytes after " + verified.get() + ", got " + got.length);
                }
                verified.addAndGet(got.length);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Stops sending and waits until everything has come back. */
    void finish() throws Exception {
        stop = true;
        writer.join(20_000);
        reader.join(20_000);
        if (failure != null || writer.isAlive() || reader.isAlive()) {
            throw new IOException("load with seed " + seed + " failed after " + verified + " bytes", failure);
        }
    }

    @Override
    public void close() throws IOException {
        stop = true;
        socket.close();
    }
}

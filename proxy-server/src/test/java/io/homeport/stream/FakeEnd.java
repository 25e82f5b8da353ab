package io.homeport.stream;

import io.homeport.socket.Endpoint;
import io.homeport.socket.Readiness;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** A descriptor in memory whose reads and writes come up short at random: what a test puts in is read, what is written it keeps. */
final class FakeEnd implements LocalEnd {
    private final Random random;
    private final Readiness readiness;
    private final byte[] input;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    int urgentAt = -1;
    int urgentSeenAt = -1;
    boolean failsAfterInput;
    boolean outputEnded;
    boolean wasReset;
    /** Between the system call and its answer. */
    Runnable whenRead = () -> {};
    private int available;
    private int read;
    private int room;
    private int wanted;
    private boolean closed;

    FakeEnd(Random random, byte[] input, Readiness readiness) {
        this.random = random;
        this.input = input;
        this.readiness = readiness;
    }

    /** More input arrives, more output fits; the owner hears of it if it wants to. */
    void tick() {
        available = Math.min(input.length, available + random.nextInt(3_000));
        room += random.nextInt(3_000);
        int ready = (read < available || available == input.length ? Endpoint.READABLE : 0) | (room > 0 ? Endpoint.WRITABLE : 0);
        if ((ready & wanted) != 0 && !closed) {
            readiness.ready(ready & wanted | (atUrgentMark() ? Endpoint.URGENT : 0));
        }
    }

    @Override
    public long read(long address, int length) {
        int end = urgentAt > read && urgentAt < available ? urgentAt : available;
        int n = Math.min(Math.min(length, end - read), 1 + random.nextInt(2_000));
        if (n == 0) {
            return read < input.length ? -11 : failsAfterInput ? -104 : 0;
        }
        view.wrap(address, n);
        view.putBytes(0, input, read, n);
        read += n;
        whenRead.run();
        return n;
    }

    /** How much has been read, as a kernel counts. */
    int taken() {
        return read;
    }

    @Override
    public long write(long address, int length, boolean urgent) {
        int n = Math.min(length, room);
        if (n == 0) {
            return -11;
        }
        if (urgent && n == length) {
            urgentSeenAt = output.size() + n - 1;
        }
        byte[] bytes = new byte[n];
        view.wrap(address, n);
        view.getBytes(0, bytes);
        output.writeBytes(bytes);
        room -= n;
        return n;
    }

    @Override
    public void want(int events) {
        wanted = events;
    }

    @Override
    public void watch() {}

    @Override
    public void unwatch() {}

    @Override
    public boolean atUrgentMark() {
        return read == urgentAt && read < available;
    }

    @Override
    public int takeError() {
        return 0;
    }

    @Override
    public int unacknowledged() {
        return random.nextInt(2);
    }

    @Override
    public void shutdownWrite() {
        outputEnded = true;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void reset() {
        closed = true;
        wasReset = true;
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public int detach() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int number() {
        return -1;
    }
}

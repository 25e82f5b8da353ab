package io.homeport.stream;

import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A lane in memory from one node of a test to another, each with its own loop. Frames under way are lost when it is cut. */
final class TestPeer implements Peer {
    private static final int MAX_BYTES = 256 << 10;

    private final TestNode from;
    private final TestNode to;
    private final AtomicInteger bytesUnderWay = new AtomicInteger();
    private final List<ByteBuf> unflushed = new ArrayList<>();
    private volatile int generation;
    private volatile boolean up;
    private volatile boolean wasFull;

    TestPeer(TestNode from, TestNode to) {
        this.from = from;
        this.to = to;
    }

    void setUp(boolean isUp) {
        generation++;
        up = isUp;
        bytesUnderWay.set(0);
        wasFull = false;
        if (isUp) {
            from.plane.up(this, TrafficClass.STREAM);
        } else {
            unflushed.forEach(ByteBuf::release);
            unflushed.clear();
            from.plane.down(this, TrafficClass.STREAM, "cut by the test");
        }
    }

    @Override
    public String node() {
        return to.name;
    }

    @Override
    public boolean up(TrafficClass trafficClass) {
        return up;
    }

    @Override
    public boolean writable(TrafficClass trafficClass) {
        boolean room = bytesUnderWay.get() < MAX_BYTES;
        wasFull |= !room;
        return up && room;
    }

    @Override
    public void send(TrafficClass trafficClass, ByteBuf frame) {
        if (!from.loop.inEventLoop()) {
            throw new AssertionError("sent outside of the loop");
        }
        if (!up) {
            frame.release();
            return;
        }
        bytesUnderWay.addAndGet(frame.readableBytes());
        unflushed.add(frame);
    }

    @Override
    public void flush(TrafficClass trafficClass) {
        List<ByteBuf> frames = new ArrayList<>(unflushed);
        unflushed.clear();
        int sentIn = generation;
        to.loop.execute(() -> {
            for (ByteBuf frame : frames) {
                deliver(frame, sentIn);
            }
        });
    }

    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    private void deliver(ByteBuf frame, int sentIn) {
        int bytes = frame.readableBytes();
        try {
            if (sentIn == generation && up && to.peer(from.name).up) {
                to.frames++;
                to.plane.frame(to.peer(from.name), frame);
            }
        } finally {
            frame.release();
        }
        if (sentIn == generation && bytesUnderWay.addAndGet(-bytes) < MAX_BYTES / 2 && wasFull) {
            wasFull = false;
            from.loop.execute(() -> from.plane.writable(this));
        }
    }
}

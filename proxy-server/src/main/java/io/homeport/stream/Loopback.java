package io.homeport.stream;

import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The way between stubs and deputies of the same node, for a process that is back at the origin of its sockets and has not got them back yet.
 * A peer of each side to the other, so that frames between the two ends of one stream can't be taken for each other. Data loop.
 */
final class Loopback implements Peer {
    /** Frames under way before it says that it is full: what a lane would have in its buffers. */
    private static final int MAX_BYTES = 1 << 20;

    private final String node;
    private final Executor loop;
    private final ArrayDeque<ByteBuf> frames = new ArrayDeque<>();
    private Loopback back;
    private BiConsumer<Peer, ByteBuf> deliver;
    private Runnable hasRoom;
    private int bytes;

    private Loopback(String node, Executor loop) {
        this.node = node;
        this.loop = loop;
    }

    /** What a side sends by the returned peer arrives at {@code deliver} as from the peer that leads back. */
    static Loopback[] pair(String node, Executor loop, BiConsumer<Peer, ByteBuf> deliver, Consumer<Peer> hasRoom) {
        Loopback[] pair = {new Loopback(node, loop), new Loopback(node, loop)};
        for (int i = 0; i < 2; i++) {
            Loopback way = pair[i];
            way.back = pair[1 - i];
            way.deliver = deliver;
            way.hasRoom = () -> hasRoom.accept(way);
        }
        return pair;
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public boolean up(TrafficClass trafficClass) {
        return true;
    }

    @Override
    public boolean writable(TrafficClass trafficClass) {
        return bytes < MAX_BYTES;
    }

    @Override
    public void send(TrafficClass trafficClass, ByteBuf frame) {
        bytes += frame.readableBytes();
        frames.add(frame);
    }

    @Override
    public void flush(TrafficClass trafficClass) {
        loop.execute(this::run);
    }

    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("no calls by the loopback of streams"));
    }

    private void run() {
        boolean wasFull = bytes >= MAX_BYTES;
        for (int n = frames.size(); n > 0; n--) {
            ByteBuf frame = frames.poll();
            bytes -= frame.readableBytes();
            try {
                deliver.accept(back, frame);
            } finally {
                frame.release();
            }
        }
        if (wasFull && bytes < MAX_BYTES) {
            hasRoom.run();
        }
    }
}

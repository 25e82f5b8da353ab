package io.homeport.link;

import io.homeport.wire.Frames;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;

/** Remembers what a lane listener hears. */
final class RecordingListener implements LaneListener {
    final List<String> events = new CopyOnWriteArrayList<>();
    final BlockingQueue<Received> frames = new LinkedBlockingQueue<>();
    final AtomicInteger writable = new AtomicInteger();
    /** What comes next waits for it, and so does all of the loop; null: nothing does. */
    volatile CountDownLatch busy;

    /** A Data frame. */
    record Received(String node, long streamId, long offset, byte[] payload) {}

    @Override
    public void up(Peer peer, TrafficClass trafficClass) {
        events.add("up " + peer.node());
    }

    @Override
    public void down(Peer peer, TrafficClass trafficClass, String reason) {
        events.add("down " + peer.node() + " " + reason);
    }

    @Override
    public void frame(Peer peer, ByteBuf frame) {
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewReadable(view, frame);
        byte[] payload = new byte[Frames.payloadBytes(view, 0, frame.readableBytes())];
        view.getBytes(Frames.PAYLOAD_OFFSET, payload);
        CountDownLatch until = busy;
        if (until != null) {
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        frames.add(new Received(peer.node(), Frames.streamId(view, 0), Frames.payloadPosition(view, 0), payload));
    }

    @Override
    public void writable(Peer peer) {
        writable.incrementAndGet();
    }

    /** A Data frame to be sent. */
    static ByteBuf data(long streamId, long offset, byte[] payload) {
        ByteBuf frame = FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + payload.length);
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewWritable(view, frame);
        Frames.data(view, 0, streamId, offset, (byte) 0, payload.length);
        view.putBytes(Frames.PAYLOAD_OFFSET, payload);
        return frame.writerIndex(frame.readerIndex() + Frames.PAYLOAD_OFFSET + payload.length);
    }
}

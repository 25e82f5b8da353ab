package io.homeport.link.lane;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.GoodbyeDecoder;
import io.homeport.wire.link.GoodbyeReason;
import io.homeport.wire.link.HelloDecoder;
import io.homeport.wire.link.HelloReplyDecoder;
import io.homeport.wire.link.Lane;
import io.homeport.wire.link.PingDecoder;
import io.homeport.wire.link.PongDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane that is up.
 *
 * <pre>
 *   send ──▶ [length prefix] ──▶ TLS ──▶ socket          flushed once per turn of the event loop
 *   owner ◀── frame ◀── header checked ◀── FrameDecoder ◀── TLS ◀── socket
 *                └─ Ping, Pong, Goodbye stay here
 * </pre>
 *
 * <p>{@link #send}, {@link #flush}, {@link #writable} and {@link #close} may be called from any thread; all else happens on
 * the lane's event loop. It closes itself when the other side is silent, says goodbye, or sends what is no frame.
 */
public final class LaneChannel extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LaneChannel.class);

    /** Frames are passed on to TLS once so much is waiting, even within one turn: so that encrypting and sending overlap. */
    private static final int FLUSH_BYTES = 128 * 1024;

    /** What may wait for a node that does not read. Whoever minds {@link #writable} has no part in it: this ends what is sent unasked, and replies. */
    private static final long MAX_WAITING_BYTES = 64 << 20;

    private final LaneSettings settings;
    private final LaneOwner owner;
    private final Identity identity;
    private final Lane lane;
    private final String node;
    private final Channel channel;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final Runnable flushTask = this::flushNow;
    private Runnable onDown = () -> {};
    private Future<?> keepalive;
    private boolean flushScheduled;
    private boolean heard;
    private long heardNs;
    private long checkedNs;
    private int unflushedBytes;
    private boolean down;
    private boolean probed;
    private int unanswered;
    private int answered;
    private boolean suspect;
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private volatile long roundTripNs = -1;

    /**
     * Which lane it is.
     *
     * @param node proven
     * @param linkId which of the links to that node
     * @param incarnation which life of that node
     */
    record Identity(Lane lane, String node, int linkId, long incarnation) {}

    LaneChannel(LaneSettings settings, LaneOwner owner, Identity identity, Channel channel) {
        this.settings = settings;
        this.owner = owner;
        this.identity = identity;
        this.lane = identity.lane;
        this.node = identity.node;
        this.channel = channel;
    }

    /** Which class it serves. */
    public Lane lane() {
        return lane;
    }

    /** The node at the other end; proven. */
    public String node() {
        return node;
    }

    /** Which of the links to that node it belongs to. */
    public int linkId() {
        return identity.linkId;
    }

    /** Which life of that node. */
    public long incarnation() {
        return identity.incarnation;
    }

    /** Bytes of frames handed to it so far, prefixes not counted. Any thread. */
    public long sentBytes() {
        return sentBytes.get();
    }

    /** Bytes of frames that it has brought. Any thread. */
    public long receivedBytes() {
        return receivedBytes.get();
    }

    /** Last measured round trip in nanoseconds, -1 before the first. */
    public long roundTripNs() {
        return roundTripNs;
    }

    /** Whether more may be sent without piling up. */
    public boolean writable() {
        return channel.isWritable();
    }

    /** Queues a frame; released once it has left or the lane is down. */
    public void send(ByteBuf frame) {
        int frameBytes = frame.readableBytes();
        if (frameBytes > FrameLimits.MAX_FRAME_BYTES) {
            frame.release();
            throw new IllegalArgumentException("a frame of " + frameBytes + " bytes; at most " + FrameLimits.MAX_FRAME_BYTES);
        }
        channel.write(frame, channel.voidPromise());
    }

    /** Sends what is queued at the end of this turn of the event loop; of what another thread has queued, of the turn that comes to it. */
    public void flush() {
        if (!channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(flushTask); // behind what it has sent, which is a task of the loop's, too
        } else if (!flushScheduled) {
            flushScheduled = true;
            channel.eventLoop().execute(flushTask);
        }
    }

    /** Says goodbye and closes; the owner hears {@link LaneOwner#down}. */
    public void close(GoodbyeReason reason, String text) {
        if (channel.eventLoop().inEventLoop()) {
            closeNow(reason, text);
        } else {
            channel.eventLoop().execute(() -> closeNow(reason, text));
        }
    }

    /** Called on the loop when the lane goes down, after the owner. */
    void whenDown(Runnable action) {
        onDown = action;
    }

    /** Tells the owner and starts keepalive. */
    void begin() {
        heardNs = checkedNs = System.nanoTime();
        keepalive = channel.eventLoop().scheduleAtFixedRate(
                this::checkAlive, settings.probeIntervalMs(), settings.probeIntervalMs(), TimeUnit.MILLISECONDS);
        owner.up(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (down) {
                return;
            }
            heard = true;
            receivedBytes.lazySet(receivedBytes.get() + frame.readableBytes());
            FrameView.wrap(view, frame, frame.readableBytes());
            int templateId = Frames.templateId(view, 0, frame.readableBytes());
            switch (templateId) {
                case PingDecoder.TEMPLATE_ID -> answerPing();
                case PongDecoder.TEMPLATE_ID -> answered(SmallFrames.sentNs(view));
                case GoodbyeDecoder.TEMPLATE_ID -> ended("node " + node + " said goodbye: " + SmallFrames.goodbyeText(view));
                case HelloDecoder.TEMPLATE_ID, HelloReplyDecoder.TEMPLATE_ID ->
                    throw new MalformedFrameException("a handshake on a lane that is up");
                default -> owner.frame(this, templateId, frame);
            }
        } finally {
            frame.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf frame = (ByteBuf) message;
        unflushedBytes += frame.readableBytes();
        sentBytes.lazySet(sentBytes.get() + frame.readableBytes());
        writePrefixed(ctx, frame, promise);
        if (unflushedBytes >= FLUSH_BYTES) {
            unflushedBytes = 0;
            ctx.flush();
            ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
            if (waiting != null && waiting.totalPendingWriteBytes() > MAX_WAITING_BYTES) {
                ended("node " + node + " does not read: more than " + MAX_WAITING_BYTES + " bytes wait for it");
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!down && channel.isWritable()) {
            owner.writable(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended("connection to node " + node + " closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            ended("connection to node " + node + " failed: " + Handshake.describe(cause));
        } else if (!down) {
            String text = cause instanceof MalformedFrameException ? cause.getMessage() : Handshake.describe(cause);
            if (!(cause instanceof MalformedFrameException)) {
                LOG.warn("A frame from node {} on lane {} could not be served", node, lane, cause);
            }
            closeNow(GoodbyeReason.BAD_FRAME, "node " + node + " sent " + text);
        }
    }

    /** Writes {@code frame} with its length before it: in place if {@code frame} has room for it (FrameBuffers.allocate). */
    static ChannelFuture writePrefixed(ChannelHandlerContext ctx, ByteBuf frame) {
        return writePrefixed(ctx, frame, ctx.newPromise());
    }

    private static ChannelFuture writePrefixed(ChannelHandlerContext ctx, ByteBuf frame, ChannelPromise promise) {
        int frameBytes = frame.readableBytes();
        int prefixIndex = frame.readerIndex() - FrameLimits.LENGTH_PREFIX_BYTES;
        // Only a buffer that nobody else sees may be written before its reader index: no slice, no duplicate, one owner.
        if (prefixIndex == 0 && frame.refCnt() == 1 && frame.unwrap() == null && !frame.isReadOnly()) {
            frame.setIntLE(0, frameBytes).readerIndex(0);
        } else {
            ByteBuf prefix = ctx.alloc().directBuffer(FrameLimits.LENGTH_PREFIX_BYTES).writeIntLE(frameBytes);
            ctx.write(prefix, ctx.voidPromise());
        }
        return ctx.write(frame, promise);
    }

    private void flushNow() {
        flushScheduled = false;
        unflushedBytes = 0;
        channel.flush();
    }

    private void checkAlive() {
        long nowNs = System.nanoTime();
        long sinceCheckNs = nowNs - checkedNs;
        checkedNs = nowNs;
        // It was this side that slept (paused machine, long collection): give the other its time.
        boolean slept = sinceCheckNs > 2 * TimeUnit.MILLISECONDS.toNanos(settings.probeIntervalMs());
        judge(slept);
        if (heard) {
            heard = false;
            heardNs = nowNs;
        } else if (slept) {
            heardNs += sinceCheckNs;
        } else if (nowNs - heardNs > TimeUnit.MILLISECONDS.toNanos(settings.linkTimeoutMs())) {
            closeNow(GoodbyeReason.SILENCE, "node " + node + " has been silent for " + TimeUnit.NANOSECONDS.toMillis(nowNs - heardNs) + " ms");
            return;
        }
        Optional<String> lapse = settings.tls() == null ? Optional.empty() : settings.tls().lapsed(Handshake.sessionOf(channel));
        if (lapse.isPresent()) {
            closeNow(GoodbyeReason.CERTIFICATE, "node " + node + " may not stay connected: " + lapse.get());
            return;
        }
        probed = true;
        send(SmallFrames.ping(nowNs));
        flush();
    }

    private void answered(long sentNs) {
        roundTripNs = System.nanoTime() - sentNs;
        probed = false;
    }

    /** One answer may be all that comes through, and streams that followed it would stand still: so trust takes as many as distrust. */
    private void judge(boolean slept) {
        if (!probed) {
            answered++;
            unanswered = 0;
        } else if (!slept) {
            unanswered++;
            answered = 0;
        }
        if (suspect ? answered > settings.txRetries() : unanswered > settings.txRetries()) {
            suspect = !suspect;
            owner.suspected(this, suspect);
        }
    }

    private void answerPing() {
        send(SmallFrames.pong(SmallFrames.sentNs(view)));
        flush();
    }

    private void closeNow(GoodbyeReason reason, String text) {
        if (down) {
            return;
        }
        channel.writeAndFlush(SmallFrames.goodbye(reason, text)); // closing waits a little for it: LaneDialer.CLOSE_NOTIFY_MS
        ended(text);
    }

    private void ended(String reason) {
        if (down) {
            return;
        }
        down = true;
        keepalive.cancel(false);
        channel.close();
        owner.down(this, reason);
        onDown.run();
    }
}

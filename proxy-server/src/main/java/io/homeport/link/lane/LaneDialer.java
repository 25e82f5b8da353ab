package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one lane to one node up: dials, and dials again after a loss, at first quickly, then at longer and longer intervals,
 * for as long as it takes. State on the lane's event loop.
 */
public final class LaneDialer {
    private static final Logger LOG = LoggerFactory.getLogger(LaneDialer.class);

    /** How long a closing connection may take to send its last TLS record, in milliseconds. */
    static final int CLOSE_NOTIFY_MS = 200;

    private final LaneSettings settings;
    private final LaneOwner owner;
    private final Lane lane;
    private final LaneTarget target;
    private final EventLoop loop;
    private int retryMs;
    private long upSinceNs;
    private boolean closed;
    private Channel dialling;
    private volatile String failure = "not dialled yet";

    public LaneDialer(LaneSettings settings, LaneOwner owner, Lane lane, LaneTarget target) {
        this.settings = settings;
        this.owner = owner;
        this.lane = lane;
        this.target = target;
        this.loop = owner.loop(lane);
        this.retryMs = settings.firstRetryMs();
    }

    /** Begins to dial. Any thread, once. */
    public void start() {
        loop.execute(this::dial);
    }

    /** Dials no more. A lane that is up stays up. Any thread. */
    public void close() {
        loop.execute(() -> {
            closed = true;
            if (dialling != null) {
                dialling.close();
            }
        });
    }

    /** Why the last attempt to dial failed; empty if it did not, or there was none since the lane was lost. Any thread. */
    public String failure() {
        return failure;
    }

    private void dial() {
        if (closed) {
            return;
        }
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectTimeoutMs())
                .handler(new Connected());
        if (target.device() != null) {
            bootstrap.option(LaneOptions.DEVICE, LaneOptions.device(target.device()));
        }
        dialling = bootstrap.connect(target.address()).addListener(connected -> {
            if (!connected.isSuccess()) {
                failed(Handshake.describe(connected.cause()));
            }
        }).channel();
    }

    private void failed(String reason) {
        if (!reason.equals(failure) && !closed) {
            LOG.warn("Lane {} to {} is down: {}; dialling on", lane, target, reason);
        }
        failure = reason;
        retry();
    }

    private void up(LaneChannel channel) {
        failure = "";
        upSinceNs = System.nanoTime();
        channel.whenDown(this::lost);
    }

    private void lost() {
        // A lane that fails as soon as it is up must not be dialled 50 times a second.
        if (System.nanoTime() - upSinceNs > TimeUnit.MILLISECONDS.toNanos(settings.maxRetryMs())) {
            retryMs = settings.firstRetryMs();
        }
        retry();
    }

    private void retry() {
        if (closed || loop.isShuttingDown()) {
            return;
        }
        loop.schedule(this::dial, retryMs, TimeUnit.MILLISECONDS);
        retryMs = Math.min(2 * retryMs, settings.maxRetryMs());
    }

    /** First handler of a connection: sends the preamble, then builds the pipeline. */
    private final class Connected extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            LaneOptions.apply(ctx.channel(), lane, settings.linkTimeoutMs());
            ctx.writeAndFlush(new Preamble(lane, settings.tls() != null).encode());
            if (settings.tls() != null) {
                SslHandler tls = settings.tls().newClientHandler(ctx.alloc());
                tls.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MS);
                ctx.pipeline().addLast(tls);
            }
            ctx.pipeline().addLast(
                    new FrameDecoder(), new DialHandshake(settings, owner, lane, target, LaneDialer.this::failed, LaneDialer.this::up));
            ctx.pipeline().remove(this);
        }
    }
}

package io.homeport.link.lane;

import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.CertificateExpiredException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;

/**
 * The part of a handshake that both sides share: it waits for TLS, takes one frame, and either puts a {@link LaneChannel} in
 * its own place or closes the connection. Reports exactly one outcome. On the lane's event loop.
 */
abstract class Handshake extends ChannelInboundHandlerAdapter {
    final LaneSettings settings;
    final LaneOwner owner;
    final Lane lane;
    private boolean settled;

    Handshake(LaneSettings settings, LaneOwner owner, Lane lane) {
        this.settings = settings;
        this.owner = owner;
        this.lane = lane;
    }

    /** TLS is established, or there is none. */
    abstract void begin(ChannelHandlerContext ctx);

    /** The one frame of the other side. */
    abstract void received(ChannelHandlerContext ctx, ByteBuf frame);

    /** What to do if TLS fails, as the end of a sentence. */
    abstract String adviceOnTls();

    /** The lane will not come up. */
    abstract void failed(ChannelHandlerContext ctx, String reason);

    /** The lane is about to be handed to its owner. */
    abstract void succeeded(LaneChannel channel);

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.executor().schedule(
                () -> settle(ctx, "no answer within " + settings.connectTimeoutMs() + " ms"), settings.connectTimeoutMs(), TimeUnit.MILLISECONDS);
        if (settings.tls() == null) {
            begin(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls) {
            if (tls.isSuccess()) {
                begin(ctx);
            } else {
                settle(ctx, "TLS failed: " + describe(tls.cause()) + adviceOnTls());
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (settled) {
                return;
            }
            received(ctx, frame);
        } catch (MalformedFrameException e) {
            settle(ctx, "it sent " + e.getMessage());
        } finally {
            frame.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        settle(ctx, "connection closed during the handshake");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        settle(ctx, cause instanceof MalformedFrameException ? "it sent " + cause.getMessage() : describe(cause));
    }

    /** Replaces this handler: the lane is up. */
    final void complete(ChannelHandlerContext ctx, String node, int linkId, long incarnation) {
        if (settled) {
            return;
        }
        settled = true;
        LaneChannel channel = new LaneChannel(settings, owner, new LaneChannel.Identity(lane, node, linkId, incarnation), ctx.channel());
        ctx.pipeline().get(FrameDecoder.class).allowLongFrames();
        ctx.pipeline().replace(this, "lane", channel);
        succeeded(channel);
        channel.begin();
    }

    /** Ends the connection, after what was written has left. */
    final void settle(ChannelHandlerContext ctx, String reason) {
        if (settled) {
            return;
        }
        settled = true;
        ctx.close();
        failed(ctx, reason);
    }

    /** Ends the connection once {@code written} has left. */
    final void settleAfter(ChannelHandlerContext ctx, ChannelFuture written, String reason) {
        if (settled) {
            return;
        }
        settled = true;
        written.addListener(ignored -> ctx.close());
        failed(ctx, reason);
    }

    /** Of a channel whose TLS handshake is over. */
    static SSLSession sessionOf(Channel channel) {
        return channel.pipeline().get(SslHandler.class).engine().getSession();
    }

    static SslHandler tlsOf(ChannelHandlerContext ctx) {
        return ctx.pipeline().get(SslHandler.class);
    }

    static String describe(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root instanceof CertificateExpiredException) { // whose message is a date
            return "the certificate has expired, " + Hellos.printable(root.getMessage());
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : Hellos.printable(root.getMessage());
    }
}

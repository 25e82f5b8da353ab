package io.homeport.link.lane;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.link.Lane;
import io.homeport.wire.link.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;

/** The dialler's side: Hello, then HelloReply. On the lane's event loop. */
final class DialHandshake extends Handshake {
    private final String target;
    private final int linkId;
    private final Consumer<String> onFailure;
    private final Consumer<LaneChannel> onSuccess;

    DialHandshake(
            LaneSettings settings, LaneOwner owner, Lane lane, LaneTarget target, Consumer<String> onFailure, Consumer<LaneChannel> onSuccess) {
        super(settings, owner, lane);
        this.target = target.node();
        this.linkId = target.linkId();
        this.onFailure = onFailure;
        this.onSuccess = onSuccess;
    }

    @Override
    void begin(ChannelHandlerContext ctx) {
        if (settings.tls() != null) {
            Welcome verdict = settings.tls().verify(tlsOf(ctx).engine().getSession(), target);
            if (verdict != Welcome.ACCEPTED) {
                settle(ctx, verdict == Welcome.REVOKED
                        ? "its certificate is revoked"
                        : "it shows " + LaneTls.describe(tlsOf(ctx).engine().getSession()) + ": check the address of " + target + " in the configuration");
                return;
            }
        }
        Hellos.Hello hello = new Hellos.Hello(
                settings.node(), target, lane, linkId, settings.incarnation(), FrameLimits.PROTOCOL_VERSION, FrameLimits.PROTOCOL_VERSION);
        LaneChannel.writePrefixed(ctx, Hellos.encode(hello, settings.probeIntervalMs()));
        ctx.flush();
    }

    @Override
    void received(ChannelHandlerContext ctx, ByteBuf frame) {
        Hellos.Reply reply = Hellos.decodeReply(frame);
        if (reply.welcome() != Welcome.ACCEPTED) {
            settle(ctx, "it refuses us: " + reply.welcome() + ", " + reply.reason());
        } else if (!reply.node().equals(target)) {
            settle(ctx, "it calls itself " + reply.node());
        } else if (reply.version() != FrameLimits.PROTOCOL_VERSION) {
            settle(ctx, "it chose protocol version " + reply.version() + ", we offered " + FrameLimits.PROTOCOL_VERSION);
        } else {
            complete(ctx, target, linkId, reply.incarnation());
        }
    }

    @Override
    String adviceOnTls() {
        return ": are the certificates of both nodes from the same authority, and valid today?";
    }

    @Override
    void failed(ChannelHandlerContext ctx, String reason) {
        onFailure.accept(reason);
    }

    @Override
    void succeeded(LaneChannel channel) {
        onSuccess.accept(channel);
    }
}

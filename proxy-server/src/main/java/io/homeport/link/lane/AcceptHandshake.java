package io.homeport.link.lane;

import io.homeport.wire.FrameLimits;
import io.homeport.wire.link.Lane;
import io.homeport.wire.link.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/** The acceptor's side: Hello is checked, HelloReply says what became of it. On the lane's event loop. */
final class AcceptHandshake extends Handshake {
    private final StrangerLog strangers;
    private final Runnable onSettled;

    /** @param onSettled called once, whatever the outcome */
    AcceptHandshake(LaneSettings settings, LaneOwner owner, Lane lane, StrangerLog strangers, Runnable onSettled) {
        super(settings, owner, lane);
        this.strangers = strangers;
        this.onSettled = onSettled;
    }

    @Override
    void begin(ChannelHandlerContext ctx) {
        // The dialler speaks first.
    }

    @Override
    void received(ChannelHandlerContext ctx, ByteBuf frame) {
        Hellos.Hello hello = Hellos.decodeHello(frame);
        Welcome welcome = judge(ctx, hello);
        String reason = welcome == Welcome.ACCEPTED ? "" : explain(ctx, hello, welcome);
        Hellos.Reply reply = new Hellos.Reply(settings.node(), welcome, settings.incarnation(), FrameLimits.PROTOCOL_VERSION, reason);
        ChannelFuture written = LaneChannel.writePrefixed(ctx, Hellos.encode(reply, settings.probeIntervalMs()));
        ctx.flush();
        if (welcome == Welcome.ACCEPTED) {
            complete(ctx, hello.node(), hello.linkId(), hello.incarnation());
        } else {
            settleAfter(ctx, written, reason);
        }
    }

    @Override
    String adviceOnTls() {
        return ": every node needs a certificate of this cluster's authority (homeport ca issue)";
    }

    @Override
    void failed(ChannelHandlerContext ctx, String reason) {
        onSettled.run();
        strangers.refused(ctx.channel().remoteAddress(), lane, reason);
    }

    @Override
    void succeeded(LaneChannel channel) {
        onSettled.run();
    }

    private Welcome judge(ChannelHandlerContext ctx, Hellos.Hello hello) {
        if (hello.minVersion() > FrameLimits.PROTOCOL_VERSION || hello.maxVersion() < FrameLimits.PROTOCOL_VERSION) {
            return Welcome.WRONG_VERSION;
        }
        // Before the name is looked at: who can't prove a name learns nothing about it.
        if (settings.tls() != null) {
            Welcome verdict = settings.tls().verify(tlsOf(ctx).engine().getSession(), hello.node());
            if (verdict != Welcome.ACCEPTED) {
                return verdict;
            }
        }
        if (!hello.target().equals(settings.node())) {
            return Welcome.WRONG_TARGET;
        }
        if (hello.lane() != lane) {
            return Welcome.BAD_HELLO;
        }
        if (!owner.mayDial(hello.node())) {
            return Welcome.UNKNOWN_NODE;
        }
        return owner.knowsLink(hello.node(), hello.linkId()) ? Welcome.ACCEPTED : Welcome.BAD_HELLO;
    }

    private String explain(ChannelHandlerContext ctx, Hellos.Hello hello, Welcome welcome) {
        return switch (welcome) {
            case WRONG_VERSION -> "node " + hello.node() + " speaks protocol " + hello.minVersion() + " to " + hello.maxVersion()
                    + ", this one " + FrameLimits.PROTOCOL_VERSION + ": install the same release on both";
            case WRONG_CERTIFICATE -> "it calls itself " + hello.node() + " but has "
                    + LaneTls.describe(tlsOf(ctx).engine().getSession()) + ": issue one with homeport ca issue DIR " + hello.node();
            case REVOKED -> "the certificate of " + hello.node() + " is revoked: issue a new one";
            case WRONG_TARGET -> "node " + hello.node() + " looks for " + hello.target() + ", this is " + settings.node()
                    + ": correct the address in the configuration of " + hello.node();
            case UNKNOWN_NODE -> hello.node().compareTo(settings.node()) >= 0
                    ? "node " + hello.node() + " must not dial " + settings.node() + ": the lower name dials"
                    : "node " + hello.node() + " is not a peer of " + settings.node() + ": add it to its configuration";
            default -> hello.lane() != lane
                    ? "node " + hello.node() + " sent a Hello for another lane than its preamble"
                    : "node " + hello.node() + " dials address " + (hello.linkId() + 1) + " of " + settings.node()
                            + ", which lists fewer for it: list as many addresses on both, in the same order";
        };
    }
}

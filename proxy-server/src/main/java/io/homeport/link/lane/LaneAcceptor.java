package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.SystemNanoClock;

/**
 * Takes connections of other nodes.
 *
 * <pre>
 *   accept (control loop) ── preamble ── deregister ── register with the loop of the lane it names ── TLS, Hello
 * </pre>
 *
 * <p>Strangers are refused with a logged reason; how many may be in the middle of a handshake is limited.
 */
public final class LaneAcceptor {
    /** Connections whose handshake is not over: enough for a cluster that starts all at once, no room for a flood. */
    private static final int MAX_HANDSHAKES = 128;

    private final LaneSettings settings;
    private final LaneOwner owner;
    private final StrangerLog strangers = new StrangerLog(SystemNanoClock.INSTANCE);
    private final AtomicInteger handshakes = new AtomicInteger();
    private final List<Channel> servers = new ArrayList<>();

    public LaneAcceptor(LaneSettings settings, LaneOwner owner) {
        this.settings = settings;
        this.owner = owner;
    }

    /** Listens at one more address. Blocks until bound; not on an event loop. */
    public void start(InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(owner.loop(Lane.CONTROL))
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                });
        try {
            servers.add(bootstrap.bind(address).sync().channel());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while binding to " + address, e);
        } catch (Exception e) { // Netty throws the checked IOException of bind undeclared
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens, in the order of {@link #start}. */
    public List<InetSocketAddress> addresses() {
        return servers.stream().map(server -> (InetSocketAddress) server.localAddress()).toList();
    }

    /** Takes no more connections. */
    public void close() {
        servers.forEach(Channel::close);
    }

    private void accepted(Channel channel) {
        if (handshakes.incrementAndGet() > MAX_HANDSHAKES) {
            handshakes.decrementAndGet();
            strangers.refused(channel.remoteAddress(), null, "more than " + MAX_HANDSHAKES + " handshakes are under way");
            channel.close();
            return;
        }
        channel.pipeline().addLast(new PreambleReader());
    }

    private void serve(Channel channel, Preamble preamble, ByteBuf following) {
        EventLoop loop = owner.loop(preamble.lane());
        channel.deregister().addListener(deregistered -> loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess() || !channel.isActive()) {
                following.release();
                handshakes.decrementAndGet();
                return;
            }
            LaneOptions.apply(channel, preamble.lane(), settings.linkTimeoutMs());
            if (settings.tls() != null) {
                SslHandler tls = settings.tls().newServerHandler(channel.alloc());
                tls.setCloseNotifyFlushTimeoutMillis(LaneDialer.CLOSE_NOTIFY_MS);
                channel.pipeline().addLast(tls);
            }
            channel.pipeline().addLast(
                    new FrameDecoder(),
                    new AcceptHandshake(settings, owner, preamble.lane(), strangers, handshakes::decrementAndGet));
            channel.pipeline().fireChannelRead(following);
            channel.pipeline().fireChannelReadComplete();
            channel.config().setAutoRead(true);
        }));
    }

    /** First handler of a connection: reads the preamble, keeps what came with it for the handlers that follow. */
    private final class PreambleReader extends ChannelInboundHandlerAdapter {
        private ByteBuf read;
        private boolean done;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            read = ctx.alloc().buffer();
            ctx.executor().schedule(() -> refuse(ctx, "it said nothing"), settings.connectTimeoutMs(), TimeUnit.MILLISECONDS);
            ctx.read();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            read.writeBytes(in);
            in.release();
            if (done) {
                return;
            }
            if (read.readableBytes() < Preamble.BYTES) {
                ctx.read();
                return;
            }
            String start = ByteBufUtil.hexDump(read, read.readerIndex(), Preamble.BYTES);
            Preamble preamble = Preamble.decode(read);
            if (preamble == null) {
                refuse(ctx, "it is no Homeport node: it began with bytes " + start);
            } else if (preamble.tls() != (settings.tls() != null)) {
                refuse(ctx, preamble.tls() ? "it uses TLS and this node does not: give this node a certificate"
                        : "it does not use TLS: give that node a certificate (homeport ca issue)");
            } else {
                done = true;
                ByteBuf following = read.retain();
                ctx.pipeline().remove(this);
                serve(ctx.channel(), preamble, following);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            refuse(ctx, "it closed the connection before it said who it is");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            refuse(ctx, Handshake.describe(cause));
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            read.release();
        }

        private void refuse(ChannelHandlerContext ctx, String reason) {
            if (!done) {
                done = true;
                handshakes.decrementAndGet();
                strangers.refused(ctx.channel().remoteAddress(), null, reason);
                ctx.close();
            }
        }
    }
}

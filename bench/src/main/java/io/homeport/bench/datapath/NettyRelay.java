package io.homeport.bench.datapath;

import io.homeport.link.SpinStrategy;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A program: what Netty costs with nothing of Homeport in it. Both connections of a pair live on one event loop; there are as many loops
 * as Netty makes by itself.
 *
 * <pre>
 *   accepted ──► Side ──► write, flush when all is read ──► connected
 *                ◄── reads no more while the other side's buffer is above its high-water mark
 * </pre>
 */
public final class NettyRelay {
    private static final int BACKLOG = 1024;

    private NettyRelay() {}

    /**
     * Runs until it is killed.
     *
     * @param arguments port to listen on, address and port to connect to; then, for loops that spin, for how many microseconds
     */
    public static void main(String[] arguments) throws InterruptedException {
        InetSocketAddress next = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(loops(arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0)))
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        connect(accepted, next);
                    }
                })
                .bind(Integer.parseInt(arguments[0]))
                .sync()
                .channel()
                .closeFuture()
                .sync();
    }

    private static IoHandlerFactory loops(int spinUs) {
        SelectStrategyFactory spinning = () -> new SpinStrategy(TimeUnit.MICROSECONDS.toNanos(spinUs), System::nanoTime);
        // 0 events: as many at once as there are, its default.
        return spinUs == 0 ? EpollIoHandler.newFactory() : EpollIoHandler.newFactory(0, spinning);
    }

    private static void connect(Channel accepted, InetSocketAddress next) {
        ChannelFuture connecting = new Bootstrap()
                .group(accepted.eventLoop())
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new Side(accepted))
                .connect(next);
        Channel connected = connecting.channel();
        accepted.pipeline().addLast(new Side(connected));
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                accepted.config().setAutoRead(true);
                connected.config().setAutoRead(true);
            } else {
                accepted.close();
            }
        });
    }

    /** One connection of a pair. */
    private static final class Side extends ChannelInboundHandlerAdapter {
        private final Channel other;

        Side(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            other.write(bytes, other.voidPromise());
            if (!other.isWritable()) {
                other.flush();
                context.channel().config().setAutoRead(other.isWritable());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            other.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            // A channel that has read its end is no longer in the epoll set.
            if (!((DuplexChannel) other).isInputShutdown()) {
                other.config().setAutoRead(context.channel().isWritable());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                boolean both = ((DuplexChannel) other).isInputShutdown();
                afterWhatIsWritten(both ? other::close : ((DuplexChannel) other)::shutdownOutput);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            afterWhatIsWritten(other::close);
        }

        /** Ending a direction or a channel fails what it has not written yet (AbstractChannel.AbstractUnsafe). */
        private void afterWhatIsWritten(Runnable end) {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> end.run());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
            context.close();
        }
    }
}

package io.homeport.system.thirdparty;

import io.homeport.workload.Conversation;
import io.homeport.workload.server.CheckedServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Conversations over Netty: with the JDK's selectors, or with its own epoll by native code. */
final class NettyServer implements CheckedServer {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final String kind;
    private final EventLoopGroup loops;
    private final Channel listener;

    private NettyServer(String kind, IoHandlerFactory factory, Class<? extends ServerChannel> type) {
        this.kind = kind;
        loops = new MultiThreadIoEventLoopGroup(2, factory);
        listener = new ServerBootstrap()
                .group(loops)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, 256)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Talk());
                    }
                })
                .bind(0)
                .syncUninterruptibly()
                .channel();
    }

    static NettyServer nio() {
        return new NettyServer("netty-nio", NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    static NettyServer epoll() {
        return new NettyServer("netty-epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }

    static NettyServer ioUring() {
        return new NettyServer("io-uring", IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close();
        loops.shutdownGracefully();
    }

    /** Reads no more while the peer does not take what it was sent. */
    private static final class Talk extends ChannelInboundHandlerAdapter {
        private final Conversation conversation = new Conversation();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            for (ByteBuffer part : in.nioBuffers()) {
                conversation.received(part);
            }
            in.release();
            answer(context);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                conversation.inputEnded();
                answer(context);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            answer(context);
        }

        private void answer(ChannelHandlerContext context) {
            ByteBuffer out = ByteBuffer.allocate(CHUNK_BYTES);
            while (context.channel().isWritable() && conversation.fill(out) > 0) {
                context.write(context.alloc().buffer(CHUNK_BYTES).writeBytes(out.flip()));
                out.clear();
            }
            context.flush();
            context.channel().config().setAutoRead(context.channel().isWritable());
            if (conversation.finished()) {
                context.writeAndFlush(context.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}

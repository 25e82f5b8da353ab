package io.homeport.system.thirdparty;

import io.homeport.workload.Exchange;
import io.homeport.workload.service.ClientCommands;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Connects by Netty's own epoll, without a time-out, and does one {@link Exchange} then. Any thread. */
final class NettyConnect implements ClientCommands.Client {
    private static final int PATIENCE_S = 60;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final CompletableFuture<String> verdict = new CompletableFuture<>();

    /** Begins to connect, and does not wait. */
    NettyConnect(String host, int port, long seed) {
        new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Asking(seed));
                    }
                })
                .connect(host, port)
                .addListener(future -> {
                    if (!future.isSuccess()) {
                        verdict.complete(future.cause().toString());
                    }
                });
    }

    @Override
    public String report() {
        return verdict.getNow("blocked");
    }

    @Override
    public String stop() throws Exception {
        String said = verdict.get(PATIENCE_S, TimeUnit.SECONDS);
        loops.shutdownGracefully();
        return said;
    }

    private final class Asking extends SimpleChannelInboundHandler<ByteBuf> {
        private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        private final long seed;

        Asking(long seed) {
            this.seed = seed;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(Exchange.question(seed)));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) throws Exception {
            in.readBytes(answer, in.readableBytes());
            if (answer.size() >= Exchange.LENGTH_BYTES) {
                verdict.complete(Exchange.verdictOnAnswer(seed, answer.toByteArray()));
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            verdict.complete("end after " + answer.size());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            verdict.complete(cause.toString());
        }
    }
}

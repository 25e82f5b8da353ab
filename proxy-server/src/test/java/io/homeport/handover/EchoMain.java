package io.homeport.handover;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Echoes: on one port with a thread for each connection that blocks, on the other with a Selector. Prints both ports. */
public final class EchoMain {
    private EchoMain() {}

    public static void main(String[] args) throws IOException {
        ServerSocket blocking = new ServerSocket(0);
        blocking.setReceiveBufferSize(256 << 10);
        thread(() -> {
            while (true) {
                Socket socket = blocking.accept();
                thread(() -> echo(socket));
            }
        });
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().setOption(StandardSocketOptions.SO_RCVBUF, 256 << 10).bind(new InetSocketAddress(0));
        server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        System.out.println(blocking.getLocalPort() + " " + server.socket().getLocalPort());
        while (true) {
            selector.select(key -> {
                try {
                    serve(selector, key);
                } catch (IOException e) {
                    System.err.println(e);
                    key.cancel();
                }
            });
        }
    }

    private static void echo(Socket socket) throws IOException {
        byte[] bytes = new byte[8192];
        int n;
        while ((n = socket.getInputStream().read(bytes)) > 0) {
            // For the test of notices.
            if (n == 1 && bytes[0] == '!') {
                socket.setTcpNoDelay(true);
            }
            socket.getOutputStream().write(bytes, 0, n);
        }
        socket.close();
    }

    private static void serve(Selector selector, SelectionKey key) throws IOException {
        if (key.isAcceptable()) {
            SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
            accepted.configureBlocking(false).register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(8192));
            return;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        boolean ended = key.isReadable() && channel.read(buffer) < 0;
        buffer.flip();
        channel.write(buffer);
        if (ended) {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.close();
            return;
        }
        buffer.compact();
        // Interest is toggled all the time: what races with a swap in a process that is not frozen.
        key.interestOps((buffer.position() > 0 ? SelectionKey.OP_WRITE : 0) | (buffer.hasRemaining() ? SelectionKey.OP_READ : 0));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                System.err.println(e);
            }
        }).start();
    }
}

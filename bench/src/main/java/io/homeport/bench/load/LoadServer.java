package io.homeport.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The server behind every contender, and the service that Homeport moves: a thread for each connection, blocking channels, nothing but
 * the JDK. Runs until it is killed.
 */
public final class LoadServer {
    private static final int BACKLOG = 1024;

    private LoadServer() {}

    /** Arguments: the port, a file to write the process id into when it listens. */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(Integer.parseInt(arguments[0])), BACKLOG)) {
            Path ready = Path.of(arguments[1]);
            Path part = ready.resolveSibling(ready.getFileName() + ".part");
            Files.writeString(part, Long.toString(ProcessHandle.current().pid()));
            Files.move(part, ready, StandardCopyOption.ATOMIC_MOVE);
            serve(listener);
        }
    }

    /** Serves until the listener is closed by another thread, which is an exception. */
    static void serve(ServerSocketChannel listener) throws IOException {
        while (true) {
            SocketChannel channel = listener.accept();
            new Thread(() -> serve(channel)).start();
        }
    }

    private static void serve(SocketChannel channel) {
        try (channel) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Opening opening = Opening.read(channel);
            switch (opening.kind()) {
                case MESSAGES -> answer(channel, opening);
                case PAGES_UP -> receive(channel);
                case PAGES_DOWN -> new Pages(channel).send(opening.ms());
                default -> throw new IOException("nobody asks for " + opening);
            }
        } catch (IOException gone) {
            // The client sees its connection end and says so.
        }
    }

    /** Each answer begins with its request's number. */
    private static void answer(SocketChannel channel, Opening opening) throws IOException {
        ByteBuffer request = ByteBuffer.allocateDirect(opening.requestBytes());
        ByteBuffer answer = ByteBuffer.allocateDirect(opening.answerBytes());
        while (Opening.fill(channel, request)) {
            answer.clear().putLong(0, request.getLong());
            Opening.write(channel, answer);
        }
    }

    /** Says how many bytes have come, so that the client's clock stops when the last one has. */
    private static void receive(SocketChannel channel) throws IOException {
        long received = new PageCheck().receive(channel);
        Opening.write(channel, ByteBuffer.allocateDirect(Long.BYTES).putLong(received).flip());
    }
}

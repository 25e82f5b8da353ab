package io.homeport.workload.server;

import io.homeport.workload.Complaints;
import io.homeport.workload.Conversation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;

/** Conversations over blocking {@link ServerSocketChannel} and {@link SocketChannel}, a thread each, with direct buffers. */
public final class ChannelServer implements CheckedServer {
    private final ServerSocketChannel listener;
    private final Executor threads;
    private final OpenConnections connections;
    private final int port;

    /** Listens on a free port of every local address. */
    public ChannelServer(Executor threads, OpenConnections connections) throws IOException {
        this.threads = threads;
        this.connections = connections;
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(0), 256);
        port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        threads.execute(this::accept);
    }

    @Override
    public String kind() {
        return "channel";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                threads.execute(() -> converse(channel));
            } catch (IOException e) {
                Complaints.unlessClosed(!listener.isOpen(), "channel accept", e);
            }
        }
    }

    private void converse(SocketChannel accepted) {
        Conversation conversation = new Conversation();
        try (SocketChannel channel = accepted) {
            ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
            ByteBuffer out = ByteBuffer.allocate(16 * 1024);
            while (!conversation.finished()) {
                while (conversation.fill(out.clear()) > 0) {
                    for (out.flip(); out.hasRemaining(); ) {
                        channel.write(out);
                    }
                }
                if (!conversation.finished() && channel.read(in.clear()) < 0) {
                    conversation.inputEnded();
                }
                conversation.received(in.flip());
                if (conversation.hello() != null) {
                    connections.add(conversation.hello().seed(), channel);
                }
                in.clear().flip();
            }
            if (conversation.hello() != null) {
                connections.remove(conversation.hello().seed());
            }
        } catch (IOException | RuntimeException e) {
            Complaints.about("channel " + accepted, e);
        }
    }
}

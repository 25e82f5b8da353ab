package io.homeport.workload.server;

import io.homeport.workload.Complaints;
import io.homeport.workload.Conversation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;

/** Conversations over {@link AsynchronousSocketChannel}: completion handlers on the JDK's own threads. */
public final class AsynchronousServer implements CheckedServer {
    private final AsynchronousServerSocketChannel listener;
    private final OpenConnections connections;
    private final int port;

    /** Listens on a free port of every local address. */
    public AsynchronousServer(OpenConnections connections) throws IOException {
        this.connections = connections;
        listener = AsynchronousServerSocketChannel.open().bind(new InetSocketAddress(0), 256);
        port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        listener.accept(null, new Accepted());
    }

    @Override
    public String kind() {
        return "asynchronous";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private final class Accepted implements CompletionHandler<AsynchronousSocketChannel, Void> {
        @Override
        public void completed(AsynchronousSocketChannel channel, Void nothing) {
            listener.accept(null, this);
            new Talk(channel).read();
        }

        @Override
        public void failed(Throwable why, Void nothing) {
            Complaints.unlessClosed(!listener.isOpen(), "asynchronous accept", why);
            if (listener.isOpen()) {
                listener.accept(null, this);
            }
        }
    }

    /** One connection: reading and writing take turns, the attachment says whose it was. */
    private final class Talk implements CompletionHandler<Integer, Boolean> {
        private final AsynchronousSocketChannel channel;
        private final Conversation conversation = new Conversation();
        private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        private final ByteBuffer out = ByteBuffer.allocate(16 * 1024);

        private Talk(AsynchronousSocketChannel channel) {
            this.channel = channel;
        }

        private void read() {
            channel.read(in.clear(), true, this);
        }

        @Override
        public void completed(Integer count, Boolean reading) {
            try {
                if (reading) {
                    taken(count);
                }
                if (reading || !out.hasRemaining()) {
                    conversation.fill(out.clear());
                    out.flip();
                }
                if (out.hasRemaining()) {
                    channel.write(out, false, this);
                } else if (conversation.finished()) {
                    end();
                } else {
                    read();
                }
            } catch (IOException | RuntimeException e) {
                failed(e, reading);
            }
        }

        @Override
        public void failed(Throwable why, Boolean reading) {
            Complaints.about("asynchronous " + channel, why);
            try {
                end();
            } catch (IOException e) {
                // The first failure has been told.
            }
        }

        private void taken(int count) {
            if (count < 0) {
                conversation.inputEnded();
            }
            conversation.received(in.flip());
            if (conversation.hello() != null) {
                connections.add(conversation.hello().seed(), channel);
            }
        }

        private void end() throws IOException {
            if (conversation.hello() != null) {
                connections.remove(conversation.hello().seed());
            }
            channel.close();
        }
    }
}

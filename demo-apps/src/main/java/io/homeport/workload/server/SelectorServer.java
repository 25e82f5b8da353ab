package io.homeport.workload.server;

import io.homeport.workload.Complaints;
import io.homeport.workload.Conversation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Conversations over one {@link Selector} and one thread; interest toggles between reading and writing all the time. */
public final class SelectorServer implements CheckedServer {
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final OpenConnections connections;
    private final int port;

    /** Listens on a free port of every local address. */
    public SelectorServer(OpenConnections connections) throws IOException {
        this.connections = connections;
        selector = Selector.open();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(0), 256);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        Thread thread = new Thread(this::run, "selector");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String kind() {
        return "selector";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        selector.close();
    }

    private record Talk(Conversation conversation, ByteBuffer out) {}

    private void run() {
        ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
        while (selector.isOpen()) {
            try {
                selector.select(key -> serve(key, in));
            } catch (IOException e) {
                Complaints.unlessClosed(!selector.isOpen(), "select", e);
            } catch (java.nio.channels.ClosedSelectorException e) {
                return;
            }
        }
    }

    private void serve(SelectionKey key, ByteBuffer in) {
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = listener.accept();
                if (channel != null) {
                    channel.configureBlocking(false);
                    ByteBuffer out = ByteBuffer.allocate(16 * 1024).limit(0);
                    channel.register(selector, SelectionKey.OP_READ, new Talk(new Conversation(), out));
                }
                return;
            }
            converse(key, in);
        } catch (IOException | RuntimeException e) {
            Complaints.about("selector " + key.channel(), e);
            end(key);
        }
    }

    private void converse(SelectionKey key, ByteBuffer in) throws IOException {
        Talk talk = (Talk) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        if (key.isReadable()) {
            if (channel.read(in.clear()) < 0) {
                talk.conversation.inputEnded();
            }
            talk.conversation.received(in.flip());
            if (talk.conversation.hello() != null) {
                connections.add(talk.conversation.hello().seed(), channel);
            }
        }
        boolean blocked = write(talk, channel);
        if (!blocked && talk.conversation.finished()) {
            end(key);
        } else {
            key.interestOps(blocked ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private static boolean write(Talk talk, SocketChannel channel) throws IOException {
        while (true) {
            if (!talk.out.hasRemaining()) {
                talk.conversation.fill(talk.out.clear());
                talk.out.flip();
                if (!talk.out.hasRemaining()) {
                    return false;
                }
            }
            if (channel.write(talk.out) == 0) {
                return true;
            }
        }
    }

    private void end(SelectionKey key) {
        key.cancel();
        Conversation conversation = ((Talk) key.attachment()).conversation;
        if (conversation.hello() != null) {
            connections.remove(conversation.hello().seed());
        }
        try {
            key.channel().close();
        } catch (IOException e) {
            Complaints.about("selector close", e);
        }
    }
}

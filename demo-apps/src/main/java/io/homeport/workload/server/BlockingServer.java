package io.homeport.workload.server;

import io.homeport.workload.Complaints;
import io.homeport.workload.Conversation;
import io.homeport.workload.Hello;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * Conversations over {@link ServerSocket} and {@link Socket}, a thread each: plain, with time-outs, virtual threads or TLS,
 * according to the socket and the executor it is given.
 *
 * <p>With a time-out every accept and every read runs out many times during a move and is tried again.
 */
public final class BlockingServer implements CheckedServer {
    private final String kind;
    private final ServerSocket listener;
    private final int timeoutMs;
    private final Executor threads;
    private final OpenConnections connections;

    /** Listens on and owns {@code listener}; {@code timeoutMs} 0 means none. */
    public BlockingServer(String kind, ServerSocket listener, int timeoutMs, Executor threads, OpenConnections connections)
            throws IOException {
        this.kind = kind;
        this.listener = listener;
        this.timeoutMs = timeoutMs;
        this.threads = threads;
        this.connections = connections;
        listener.setSoTimeout(timeoutMs);
        threads.execute(this::accept);
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                threads.execute(() -> converse(socket));
            } catch (SocketTimeoutException e) {
                // Tried again: that is what this kind is for.
            } catch (IOException e) {
                Complaints.unlessClosed(listener.isClosed(), kind + " accept", e);
            }
        }
    }

    private void converse(Socket socket) {
        Conversation conversation = new Conversation();
        try {
            socket.setSoTimeout(timeoutMs);
            byte[] first = new byte[Hello.LENGTH_BYTES];
            for (int length = 0; length < first.length; ) {
                int count = read(socket.getInputStream(), first, length, first.length - length);
                if (count < 0) {
                    throw new EOFException("no hello");
                }
                length += count;
            }
            conversation.received(ByteBuffer.wrap(first));
            connections.add(conversation.hello().seed(), socket);
            if (conversation.hello().mode() != Hello.Mode.MANUAL) {
                answer(socket, conversation);
                connections.remove(conversation.hello().seed());
                socket.close();
            }
        } catch (IOException | RuntimeException e) {
            Complaints.about(kind + " " + socket, e);
            close(socket);
        }
    }

    private void answer(Socket socket, Conversation conversation) throws IOException {
        OutputStream out = socket.getOutputStream();
        ByteBuffer answer = ByteBuffer.allocate(16 * 1024);
        byte[] buffer = new byte[16 * 1024];
        while (!conversation.finished()) {
            while (conversation.fill(answer.clear()) > 0) {
                out.write(answer.array(), 0, answer.position());
            }
            if (!conversation.finished()) {
                int count = read(socket.getInputStream(), buffer, 0, buffer.length);
                if (count < 0) {
                    conversation.inputEnded();
                } else {
                    conversation.received(ByteBuffer.wrap(buffer, 0, count));
                }
            }
        }
    }

    private static int read(InputStream in, byte[] buffer, int offset, int length) throws IOException {
        while (true) {
            try {
                return in.read(buffer, offset, length);
            } catch (SocketTimeoutException e) {
                // Tried again.
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone already.
        }
    }
}

package io.homeport.bench.micro;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Both ends blocked in {@link Socket}s' reads. One thread plays, one answers. */
final class BlockingPingPong implements PingPong {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] message = new byte[MESSAGE_BYTES];

    BlockingPingPong() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
            Socket other = listener.accept();
            socket.setTcpNoDelay(true);
            other.setTcpNoDelay(true);
            PingPong.answer(() -> echo(other));
        }
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    @Override
    public int play() throws IOException {
        out.write(message);
        for (int length = 0; length < MESSAGE_BYTES; ) {
            int count = in.read(message, length, MESSAGE_BYTES - length);
            if (count < 0) {
                throw new EOFException("the other end closed");
            }
            length += count;
        }
        return message[0];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static void echo(Socket other) throws IOException {
        byte[] buffer = new byte[MESSAGE_BYTES];
        try (other) {
            InputStream in = other.getInputStream();
            OutputStream out = other.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
        }
    }
}

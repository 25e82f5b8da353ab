package io.homeport.demo.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A java.net.Socket or SSLSocket, read and written by threads that block in it, be they platform or virtual. */
public final class BlockingWire implements Wire {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Takes over a connected socket. */
    public BlockingWire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count = in.read(into.array(), into.position(), into.remaining());
        if (count > 0) {
            into.position(into.position() + count);
        }
        return count;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.position(), bytes.remaining());
        out.flush();
        bytes.position(bytes.limit());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

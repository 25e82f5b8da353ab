package io.homeport.demo.wire;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** An AsynchronousSocketChannel: the JDK's own port thread does the reading and writing, one-shot epoll events wake it. */
public final class AsyncWire implements Wire {
    private final AsynchronousSocketChannel channel;

    /** Takes over a connected channel. */
    public AsyncWire(AsynchronousSocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return outcome(channel.read(into));
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            outcome(channel.write(bytes));
        }
    }

    private static int outcome(Future<Integer> pending) throws IOException {
        try {
            return pending.get();
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.Sockets;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;

/** A blocking socket of the kernel, without Java between: a test's application. One reader and one writer thread. */
final class Raw implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    final int fd;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    Raw(int fd) {
        this.fd = fd;
        Posix.fcntl(fd, Linux.F_SETFL, Posix.fcntl(fd, Linux.F_GETFL, 0) & ~Linux.O_NONBLOCK);
    }

    /** Up to 64 KiB; empty at the end of file; null after a reset. */
    byte[] read(int max) throws PosixException {
        long n = Posix.recv(fd, BufferUtil.address(in), Math.min(max, BUFFER_BYTES), 0);
        if (n == -104) {
            return null;
        }
        byte[] bytes = new byte[(int) Posix.check(n, "recv")];
        in.get(0, bytes);
        return bytes;
    }

    byte[] readFully(int length) throws PosixException {
        byte[] all = new byte[length];
        for (int at = 0; at < length; ) {
            byte[] part = read(length - at);
            if (part == null || part.length == 0) {
                throw new AssertionError((part == null ? "reset" : "end of file") + " after " + at + " of " + length);
            }
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    void write(byte[] bytes) throws PosixException {
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, BUFFER_BYTES);
            out.put(0, bytes, at, length);
            for (int done = 0; done < length; ) {
                done += (int) Posix.check(Posix.send(fd, BufferUtil.address(out) + done, length - done, 0), "send");
            }
            at += length;
        }
    }

    int flags(byte b, int flags) throws PosixException {
        out.put(0, b);
        return (int) Posix.check(Posix.send(fd, BufferUtil.address(out), 1, flags), "send");
    }

    void shutdownWrite() {
        Posix.shutdown(fd, Linux.SHUT_WR);
    }

    void reset() {
        Sockets.reset(fd);
    }

    @Override
    public void close() {
        Posix.close(fd);
    }
}

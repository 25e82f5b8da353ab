package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;

/**
 * A netlink socket for one request and its answer at a time (man 7 netlink). The kernel answers within send(): nothing here waits.
 *
 * <pre>
 *   nlmsghdr:  u32 length | u16 type | u16 flags | u32 sequence | u32 port
 * </pre>
 *
 * <p>Used by one thread at a time; its owner closes it.
 */
final class Netlink implements Closeable {
    static final int HEADER_BYTES = 16;
    static final short REQUEST = 0x1;
    static final short ACK = 0x4;
    private static final short ERROR = 2;
    private static final int SOCK_RAW = 3;
    private static final int MAX_BYTES = 8192;

    private final int fd;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_BYTES).order(ByteOrder.nativeOrder());
    private final long address = BufferUtil.address(buffer);

    private Netlink(int fd) {
        this.fd = fd;
    }

    /** A socket in the namespace of the calling thread. */
    static Netlink open(int protocol) throws PosixException {
        return new Netlink(Posix.check(Posix.socket(Linux.AF_NETLINK, SOCK_RAW | Linux.SOCK_CLOEXEC, protocol), "netlink socket"));
    }

    int number() {
        return fd;
    }

    /** The buffer, ready for a request's body. */
    ByteBuffer begin() {
        buffer.clear().position(HEADER_BYTES);
        return buffer;
    }

    /**
     * Sends what {@link #begin}'s buffer holds.
     *
     * @return 0 and the buffer at the answer's body, or -errno as the kernel answered
     */
    int exchange(short type, short flags) throws PosixException {
        int length = buffer.position();
        buffer.putInt(0, length).putShort(4, type).putShort(6, flags).putInt(8, 1).putInt(12, 0);
        Posix.check(Posix.send(fd, address, length, 0), "netlink request " + type);
        int answered = (int) Posix.check(Posix.recv(fd, address, MAX_BYTES, Linux.MSG_DONTWAIT), "netlink answer to " + type);
        buffer.limit(answered).position(HEADER_BYTES);
        return buffer.getShort(4) == ERROR ? buffer.getInt(HEADER_BYTES) : 0;
    }

    @Override
    public void close() {
        Posix.close(fd);
    }
}

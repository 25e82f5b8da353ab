package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.posix.Sockaddr;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What one does with a socket's descriptor besides moving bytes. Stateless; any thread; none of it blocks. */
public final class Sockets {
    private static final int SO_NETNS_COOKIE = 71;
    private static final int LINGER_BYTES = 8;
    private static final int INFO_FIELDS = 8;

    private Sockets() {}

    /** Closes in order. The application's SO_LINGER is taken off first: close() would wait for it, non-blocking or not (inet_release). */
    public static void close(int fd) {
        Posix.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_LINGER, new byte[LINGER_BYTES]);
        Posix.close(fd);
    }

    /** Closes with a reset: man 7 socket, SO_LINGER with time 0. Exact if no other descriptor refers to the socket. */
    public static void reset(int fd) {
        Posix.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_LINGER, ints(1, 0));
        Posix.close(fd);
    }

    /** If all processes that hold it die, its peer meets a reset, not an end of file in the middle of the bytes; {@link #close} undoes it. */
    public static void resetWhenAbandoned(int fd) {
        Posix.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_LINGER, ints(1, 0));
    }

    /** The pending error, which this takes off; 0 if none (also if {@code fd} is no socket). */
    public static int takeError(int fd) {
        return Math.max(0, Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_ERROR));
    }

    /** Bytes written into a TCP socket that its peer's kernel has not acknowledged, its FIN not counted. */
    public static int unacknowledged(int fd) {
        return Posix.ioctlInt(fd, Linux.SIOCOUTQ);
    }

    /** Lets the kernel acknowledge what has come now, and not within 40 ms (man 7 tcp, TCP_QUICKACK): its sender's queue is then true. */
    public static void acknowledgeNow(int fd) {
        Posix.setsockoptInt(fd, Linux.IPPROTO_TCP, Linux.TCP_QUICKACK, 1);
    }

    /** State of a TCP socket, as {@link Linux#TCP_ESTABLISHED} and others; TCP_CLOSE if it is no TCP socket. */
    public static int state(int fd) {
        long[] info = new long[INFO_FIELDS];
        return Posix.tcpInfo(fd, info) < 0 ? Linux.TCP_CLOSE : (int) info[0];
    }

    /** What {@link Posix#tcpInfo} says of a TCP socket. */
    static long[] info(int fd) throws PosixException {
        long[] info = new long[INFO_FIELDS];
        Posix.check(Posix.tcpInfo(fd, info), "TCP_INFO");
        return info;
    }

    /** Bytes in the receive queue of a socket or pipe, up to the urgent mark. */
    public static int unread(int fd) {
        return Posix.ioctlInt(fd, Linux.SIOCINQ);
    }

    /** AF_INET or AF_INET6. */
    public static int family(int fd) throws PosixException {
        return Posix.check(Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN), "SO_DOMAIN of fd " + fd);
    }

    /** Local address of an Inet socket. */
    public static InetSocketAddress local(int fd) throws PosixException {
        byte[] address = new byte[Sockaddr.MAX_BYTES];
        return Sockaddr.decode(address, Posix.check(Posix.getsockname(fd, address), "getsockname of fd " + fd));
    }

    /** Address of the peer of an Inet socket. */
    public static InetSocketAddress remote(int fd) throws PosixException {
        byte[] address = new byte[Sockaddr.MAX_BYTES];
        return Sockaddr.decode(address, Posix.check(Posix.getpeername(fd, address), "getpeername of fd " + fd));
    }

    /** A number that no other network namespace of this machine has (SO_NETNS_COOKIE, Linux 5.14); -1 if {@code fd} is no socket. */
    public static long namespaceOf(int fd) {
        byte[] cookie = new byte[Long.BYTES];
        int length = Posix.getsockopt(fd, Linux.SOL_SOCKET, SO_NETNS_COOKIE, cookie);
        return length < Long.BYTES ? -1 : ByteBuffer.wrap(cookie).order(ByteOrder.nativeOrder()).getLong();
    }

    static byte[] ints(int... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.nativeOrder());
        for (int value : values) {
            out.putInt(value);
        }
        return out.array();
    }
}

package io.homeport.socket;

import static io.homeport.posix.Linux.IPPROTO_IP;
import static io.homeport.posix.Linux.IPPROTO_IPV6;
import static io.homeport.posix.Linux.IPPROTO_TCP;
import static io.homeport.posix.Linux.SOL_SOCKET;

import io.homeport.posix.Linux;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The options of TCP sockets that travel. Not carried: what the kernel changes by itself (TCP_QUICKACK), what a shadow socket has no use for
 * (TCP_CONGESTION, TCP_DEFER_ACCEPT, TCP_FASTOPEN, SO_BINDTODEVICE: the real socket keeps them) and what only root sets. Sources: man 7 socket, ip, ipv6, tcp.
 */
enum SocketOption {
    REUSEADDR(1, SOL_SOCKET, Linux.SO_REUSEADDR),
    REUSEPORT(2, SOL_SOCKET, Linux.SO_REUSEPORT),
    KEEPALIVE(3, SOL_SOCKET, Linux.SO_KEEPALIVE),
    OOBINLINE(4, SOL_SOCKET, Linux.SO_OOBINLINE),
    PRIORITY(5, SOL_SOCKET, Linux.SO_PRIORITY),
    /** struct linger: on, seconds. */
    LINGER(6, SOL_SOCKET, Linux.SO_LINGER),
    RCVLOWAT(7, SOL_SOCKET, Linux.SO_RCVLOWAT),
    /** Carried only if the application set it: then SO_BUF_LOCK has bit 1. */
    RCVBUF(8, SOL_SOCKET, Linux.SO_RCVBUF),
    /** Carried only if the application set it: then SO_BUF_LOCK has bit 0. */
    SNDBUF(9, SOL_SOCKET, Linux.SO_SNDBUF),
    IP_TOS(20, IPPROTO_IP, Linux.IP_TOS),
    IP_TTL(21, IPPROTO_IP, Linux.IP_TTL),
    IPV6_V6ONLY(30, IPPROTO_IPV6, Linux.IPV6_V6ONLY),
    IPV6_TCLASS(31, IPPROTO_IPV6, Linux.IPV6_TCLASS),
    IPV6_UNICAST_HOPS(32, IPPROTO_IPV6, Linux.IPV6_UNICAST_HOPS),
    TCP_NODELAY(40, IPPROTO_TCP, Linux.TCP_NODELAY),
    TCP_CORK(41, IPPROTO_TCP, Linux.TCP_CORK),
    TCP_KEEPIDLE(42, IPPROTO_TCP, Linux.TCP_KEEPIDLE),
    TCP_KEEPINTVL(43, IPPROTO_TCP, Linux.TCP_KEEPINTVL),
    TCP_KEEPCNT(44, IPPROTO_TCP, Linux.TCP_KEEPCNT),
    TCP_SYNCNT(45, IPPROTO_TCP, Linux.TCP_SYNCNT),
    TCP_LINGER2(46, IPPROTO_TCP, Linux.TCP_LINGER2),
    TCP_USER_TIMEOUT(47, IPPROTO_TCP, Linux.TCP_USER_TIMEOUT),
    TCP_NOTSENT_LOWAT(48, IPPROTO_TCP, Linux.TCP_NOTSENT_LOWAT);

    private static final SocketOption[] BY_CODE = new SocketOption[256];

    static {
        for (SocketOption option : values()) {
            BY_CODE[option.code] = option;
        }
    }

    /** Number in the encoded form, one byte; never reused. 49 was TCP_CONGESTION. */
    final int code;

    final int level;
    final int name;

    SocketOption(int code, int level, int name) {
        this.code = code;
        this.level = level;
        this.name = name;
    }

    /** Whether sockets of this family (AF_INET, AF_INET6) have it. An AF_INET6 socket has the IPv4 ones, too, for mapped addresses. */
    boolean in(int family) {
        return level != IPPROTO_IPV6 || family == Linux.AF_INET6;
    }

    /** A value as it travels: the kernel doubles the buffer sizes that it is given, and shows the double (man 7 socket). */
    byte[] carried(byte[] shown) {
        return this == RCVBUF || this == SNDBUF
                ? Sockets.ints(ByteBuffer.wrap(shown).order(ByteOrder.nativeOrder()).getInt() / 2)
                : shown;
    }

    /** Null if this version knows none of that number. */
    static SocketOption ofCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }
}

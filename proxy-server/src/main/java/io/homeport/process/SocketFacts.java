package io.homeport.process;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.posix.Sockaddr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a duplicate of a socket tells of it (socket(7), tcp(7), unix(7)).
 *
 * @param domain AF_INET, AF_INET6, AF_UNIX or another
 * @param type SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET or another
 * @param listening whether it accepts connections
 * @param tcp what TCP says, null for anything that is not TCP
 * @param local its own address, null if it has none that Java can name
 * @param remote its peer's address, or that of the last connect; null if there is none or the peer has no name
 * @param connected whether it has a peer
 * @param namespaceCookie which network namespace it belongs to
 * @param peerPid for AF_UNIX the process that made the other end, as this daemon sees it
 */
public record SocketFacts(
        int domain,
        int type,
        boolean listening,
        Tcp tcp,
        SocketAddress local,
        SocketAddress remote,
        boolean connected,
        long namespaceCookie,
        int peerPid) {

    /**
     * What TCP_INFO says.
     *
     * @param state of linux/tcp_states.h
     * @param backlog of a listener (tcp_get_info() puts sk_max_ack_backlog into tcpi_sacked); else without meaning
     * @param used whether a segment has ever come in
     * @param silent whether it has never sent a byte, nor been given one to send
     * @param connectFailed whether its connect has failed and the application has not been told yet
     */
    public record Tcp(int state, int backlog, boolean used, boolean silent, boolean connectFailed) {
        /** Whether the application waits for its connect, or has not asked yet what came of it. */
        public boolean connecting() {
            return state == TCP_SYN_SENT || connectFailed;
        }
    }

    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int TCP_ESTABLISHED = 1;
    public static final int TCP_SYN_SENT = 2;
    public static final int TCP_CLOSE = 7;

    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_PEERCRED = 17;
    /** As getpeername(2), but also while the socket connects and when it is closed (inet_getname); wants the exact length. */
    private static final int SO_PEERNAME = 28;

    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    /** asm-generic/socket.h, Linux 5.14: the cookie of the socket's network namespace. */
    private static final int SO_NETNS_COOKIE = 71;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    // linux/tcp.h, struct tcp_info
    private static final int TCP_INFO_BYTES = 160;
    private static final int TCPI_SACKED = 28;
    private static final int TCPI_BYTES_ACKED = 120;
    private static final int TCPI_SEGS_IN = 140;
    private static final int TCPI_NOTSENT_BYTES = 144;
    private static final int TCPI_DATA_SEGS_OUT = 156;
    // netinet/in.h: struct sockaddr_in, sockaddr_in6
    private static final int IN_BYTES = 16;
    private static final int IN6_BYTES = 28;
    /** unix(7): an unnamed socket's address is its family alone. */
    private static final int ADDRESS_FAMILY_BYTES = 2;

    /** Asks the kernel about the socket behind a duplicate descriptor of this daemon. */
    public static SocketFacts of(int fd) throws PosixException {
        int domain = option(fd, SO_DOMAIN);
        boolean tcp = (domain == AF_INET || domain == AF_INET6) && option(fd, SO_PROTOCOL) == IPPROTO_TCP;
        SocketAddress peer = name(fd, true);
        return new SocketFacts(
                domain,
                option(fd, SO_TYPE),
                option(fd, SO_ACCEPTCONN) != 0,
                tcp ? tcp(fd) : null,
                name(fd, false),
                tcp && peer == null ? lastConnect(fd, domain) : peer,
                Posix.getpeername(fd, new byte[128]) >= 0,
                namespaceCookie(fd),
                domain == AF_UNIX ? peerPid(fd) : 0);
    }

    /**
     * The same of a TCP connection later on: its addresses, its family and its namespace are what they were as long as it has its peer.
     *
     * @return null if it has none any more, or this is another socket
     */
    SocketFacts again(int fd) throws PosixException {
        boolean same = remote != null && remote.equals(name(fd, true)) && local.equals(name(fd, false));
        return same ? new SocketFacts(domain, type, listening, tcp(fd), local, remote, connected, namespaceCookie, peerPid) : null;
    }

    public boolean inet() {
        return domain == AF_INET || domain == AF_INET6;
    }

    /** Both addresses as people write them. */
    public String addresses() {
        return localText() + " - " + remoteText();
    }

    /** The local address as people write it; "-" if there is none. */
    public String localText() {
        return text(local);
    }

    /** The peer's address as people write it; "-" if there is none. */
    public String remoteText() {
        return text(remote);
    }

    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            return address == null ? "-" : address.toString();
        }
        String host = internet.getAddress().isAnyLocalAddress() ? "*" : internet.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
    }

    private static int option(int fd, int name) throws PosixException {
        return Posix.check(Posix.getsockoptInt(fd, SOL_SOCKET, name), "getsockopt");
    }

    private static Tcp tcp(int fd) throws PosixException {
        ByteBuffer info = ByteBuffer.allocate(TCP_INFO_BYTES).order(ByteOrder.nativeOrder());
        Posix.check(Posix.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info.array()), "getsockopt TCP_INFO");
        int state = info.get(0);
        int segments = info.getInt(TCPI_SEGS_IN);
        // The answer to a SYN is a reset, or none: anything more was a connection (the SYN's acknowledgement counts as a byte's).
        boolean unanswered = segments <= 1 && info.getLong(TCPI_BYTES_ACKED) == 0;
        boolean failed = state == TCP_CLOSE && unanswered && (Posix.poll(fd, 0, 0) & Linux.POLLERR) != 0;
        boolean silent = info.getInt(TCPI_DATA_SEGS_OUT) == 0 && info.getInt(TCPI_NOTSENT_BYTES) == 0;
        return new Tcp(state, info.getInt(TCPI_SACKED), segments != 0, silent, failed);
    }

    private static SocketAddress lastConnect(int fd, int domain) {
        byte[] bytes = new byte[domain == AF_INET ? IN_BYTES : IN6_BYTES];
        int length = Posix.getsockopt(fd, SOL_SOCKET, SO_PEERNAME, bytes);
        return length < 0 ? null : Sockaddr.decode(bytes, length);
    }

    private static SocketAddress name(int fd, boolean peer) {
        byte[] bytes = new byte[128];
        int length = peer ? Posix.getpeername(fd, bytes) : Posix.getsockname(fd, bytes);
        return length <= ADDRESS_FAMILY_BYTES ? null : Sockaddr.decode(bytes, length);
    }

    private static long namespaceCookie(int fd) throws PosixException {
        byte[] cookie = new byte[8];
        Posix.check(Posix.getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie), "getsockopt SO_NETNS_COOKIE");
        return ByteBuffer.wrap(cookie).order(ByteOrder.nativeOrder()).getLong();
    }

    private static int peerPid(int fd) {
        byte[] credentials = new byte[12];
        int length = Posix.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials);
        return length < 0 ? 0 : ByteBuffer.wrap(credentials).order(ByteOrder.nativeOrder()).getInt();
    }
}

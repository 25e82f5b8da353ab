package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.Closeable;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Asks the kernel about single TCP sockets of a namespace by their addresses (man 7 sock_diag). Any thread; closed by its namespace.
 *
 * <pre>
 *   request:  u8 family | u8 protocol | u8 ext | u8 0 | u32 states | id
 *   answer:   u8 family | u8 state | u8 timer | u8 retrans | id | u32 expires | u32 rqueue | u32 wqueue | u32 uid | u32 inode
 *   id:       be16 sport | be16 dport | src 16 | dst 16 | u32 interface | cookie 8
 * </pre>
 */
final class SockDiag implements Closeable {
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final int ID_BYTES = 48;
    private static final int ENOENT = 2;

    private final Netlink netlink;

    private SockDiag(Netlink netlink) {
        this.netlink = netlink;
    }

    /**
     * What the kernel knows of one socket.
     *
     * @param state as {@link Linux#TCP_ESTABLISHED} and others
     * @param inode 0 if no descriptor refers to it any more, or none does yet (not accepted)
     * @param receiveQueue unread bytes, an end of file among them; of a listener: connections not accepted
     * @param sendQueue bytes that its peer's kernel has not acknowledged
     */
    record Found(int state, long inode, int receiveQueue, int sendQueue) {
        /** No such socket. */
        static final Found NOTHING = new Found(Linux.TCP_CLOSE, 0, 0, 0);
    }

    /** A socket in the namespace of the calling thread. */
    static SockDiag open() throws PosixException {
        return new SockDiag(Netlink.open(NETLINK_SOCK_DIAG));
    }

    int number() {
        return netlink.number();
    }

    /** The socket with these addresses; for a listener {@code remote} is null. {@link Found#NOTHING} if there is none. */
    synchronized Found find(InetSocketAddress local, InetSocketAddress remote) throws PosixException {
        boolean six = local.getAddress() instanceof Inet6Address;
        ByteBuffer out = netlink.begin();
        out.put((byte) (six ? Linux.AF_INET6 : Linux.AF_INET)).put((byte) Linux.IPPROTO_TCP).putShort((short) 0).putInt(-1);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) local.getPort()).putShort((short) (remote == null ? 0 : remote.getPort()));
        putAddress(out, local);
        putAddress(out, remote);
        out.putInt(0).putLong(-1L).order(ByteOrder.nativeOrder());
        int result = netlink.exchange(SOCK_DIAG_BY_FAMILY, Netlink.REQUEST);
        if (result == -ENOENT) {
            return Found.NOTHING;
        }
        Posix.check(result, "sock_diag");
        int base = Netlink.HEADER_BYTES;
        if (remote != null && out.get(base + 1) == Linux.TCP_LISTEN) {
            // Where there is no such connection the kernel finds the listener of its port (inet_diag_find_one_icsk, __inet_lookup).
            return Found.NOTHING;
        }
        int afterId = base + 4 + ID_BYTES;
        return new Found(out.get(base + 1), out.getInt(afterId + 16) & 0xffffffffL, out.getInt(afterId + 4), out.getInt(afterId + 8));
    }

    @Override
    public void close() {
        netlink.close();
    }

    private static void putAddress(ByteBuffer out, InetSocketAddress address) {
        byte[] ip = address == null ? new byte[0] : address.getAddress().getAddress();
        out.put(ip).put(new byte[16 - ip.length]);
    }
}

package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.nio.ByteBuffer;

/**
 * Makes every address local in the calling thread's network namespace: {@code ip link set lo up; ip route add local 0.0.0.0/0 dev lo;
 * ip -6 route add local ::/0 dev lo} without three processes. Structures: linux/rtnetlink.h, linux/if_link.h.
 */
final class Rtnetlink {
    private static final int NETLINK_ROUTE = 0;
    private static final short RTM_NEWLINK = 16;
    private static final short RTM_NEWROUTE = 24;
    private static final short CREATE = 0x400;
    private static final int LOOPBACK_INDEX = 1;
    private static final int IFF_UP = 1;
    private static final byte TABLE_LOCAL = (byte) 255;
    private static final byte PROTOCOL_BOOT = 3;
    private static final byte SCOPE_HOST = (byte) 254;
    private static final byte TYPE_LOCAL = 2;
    private static final short RTA_OIF = 4;
    private static final int EEXIST = 17;

    private Rtnetlink() {}

    static void makeEverythingLocal() throws PosixException {
        try (Netlink netlink = Netlink.open(NETLINK_ROUTE)) {
            // struct ifinfomsg: family, pad, type, index, flags, mask of flags to change
            netlink.begin().put((byte) 0).put((byte) 0).putShort((short) 0).putInt(LOOPBACK_INDEX).putInt(IFF_UP).putInt(IFF_UP);
            Posix.check(netlink.exchange(RTM_NEWLINK, (short) (Netlink.REQUEST | Netlink.ACK)), "ip link set lo up");
            route(netlink, Linux.AF_INET);
            route(netlink, Linux.AF_INET6);
        }
    }

    private static void route(Netlink netlink, int family) throws PosixException {
        // struct rtmsg: family, dst length, src length, tos, table, protocol, scope, type, u32 flags; then one attribute
        ByteBuffer out = netlink.begin().put((byte) family).put((byte) 0).put((byte) 0).put((byte) 0);
        out.put(TABLE_LOCAL).put(PROTOCOL_BOOT).put(family == Linux.AF_INET ? SCOPE_HOST : 0).put(TYPE_LOCAL).putInt(0);
        out.putShort((short) 8).putShort(RTA_OIF).putInt(LOOPBACK_INDEX);
        int result = netlink.exchange(RTM_NEWROUTE, (short) (Netlink.REQUEST | Netlink.ACK | CREATE));
        // Where IPv6 is off there are no IPv6 sockets to move either; if there are, their bind will say so.
        if (result != -EEXIST && family != Linux.AF_INET6) {
            Posix.check(result, "ip route add local default dev lo, family " + family);
        }
    }
}

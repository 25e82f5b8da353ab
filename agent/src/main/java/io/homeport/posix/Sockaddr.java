package io.homeport.posix;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The kernel's struct sockaddr and Java's socket addresses.
 *
 * <pre>
 * in:   family u16 native | port u16 network | address 4  | zero 8
 * in6:  family u16 native | port u16 network | flow 4     | address 16 | scope u32 native
 * unix: family u16 native | path, zero-terminated; an abstract name starts with a zero byte and ends with the length
 * </pre>
 *
 * Sources: man 7 ip, ipv6, unix. Stateless; any thread.
 */
public final class Sockaddr {
    /** Room for any of the three (sockaddr_un is the longest: 110 bytes). */
    public static final int MAX_BYTES = 128;

    private static final int IN_BYTES = 16;
    private static final int IN6_BYTES = 28;
    private static final int UNIX_PATH_OFFSET = 2;

    private Sockaddr() {}

    /** Encodes an Inet or Unix address in its own family: an {@link Inet4Address} as AF_INET. */
    public static byte[] encode(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return encodeUnix(unix.getPath().toString());
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        return encode(inet, inet.getAddress() instanceof Inet4Address ? Linux.AF_INET : Linux.AF_INET6);
    }

    /** Encodes for a socket of that family: on an AF_INET6 socket an IPv4 address is ::ffff:a.b.c.d, and 0.0.0.0 becomes ::. */
    public static byte[] encode(InetSocketAddress address, int family) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            throw new IllegalArgumentException("unresolved address " + address);
        }
        if (family == Linux.AF_INET) {
            if (!(ip instanceof Inet4Address)) {
                throw new IllegalArgumentException("not an IPv4 address: " + address);
            }
            return header(IN_BYTES, family, address.getPort()).put(ip.getAddress()).array();
        }
        ByteBuffer out = header(IN6_BYTES, Linux.AF_INET6, address.getPort()).putInt(0);
        if (ip instanceof Inet6Address six) {
            return out.put(ip.getAddress()).putInt(six.getScopeId()).array();
        }
        if (!ip.isAnyLocalAddress()) {
            out.position(out.position() + 10).putShort((short) 0xffff).put(ip.getAddress());
        }
        return out.array();
    }

    /** A path; or, if it starts with '\0', an abstract name. */
    public static byte[] encodeUnix(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = path.length > 0 && path[0] == 0;
        ByteBuffer out = ByteBuffer.allocate(UNIX_PATH_OFFSET + path.length + (isAbstract ? 0 : 1)).order(ByteOrder.nativeOrder());
        return out.putShort((short) Linux.AF_UNIX).put(path).array();
    }

    /** The family of an encoded address; 0 (AF_UNSPEC) if it is too short to have one. */
    public static int family(byte[] sockaddr, int length) {
        return length < UNIX_PATH_OFFSET ? 0 : ByteBuffer.wrap(sockaddr).order(ByteOrder.nativeOrder()).getShort(0);
    }

    /** An Inet address (IPv4-mapped ones as Java shows them, as IPv4), or null for another family. */
    public static InetSocketAddress decode(byte[] sockaddr, int length) {
        int family = family(sockaddr, length);
        ByteBuffer in = ByteBuffer.wrap(sockaddr).order(ByteOrder.nativeOrder());
        try {
            if (family == Linux.AF_INET && length >= IN_BYTES - 8) {
                return new InetSocketAddress(InetAddress.getByAddress(Arrays.copyOfRange(sockaddr, 4, 8)), port(sockaddr));
            }
            if (family == Linux.AF_INET6 && length >= IN6_BYTES - 4) {
                byte[] ip = Arrays.copyOfRange(sockaddr, 8, 24);
                int scope = length >= IN6_BYTES ? in.getInt(24) : 0;
                // InetAddress.getByAddress turns ::ffff:a.b.c.d into an Inet4Address; only a scoped one must be made as Inet6Address.
                InetAddress address = scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope);
                return new InetSocketAddress(address, port(sockaddr));
            }
            return null;
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** The path or ('\0' first) abstract name of a Unix address; empty for an unnamed one; null for another family. */
    public static String decodeUnix(byte[] sockaddr, int length) {
        if (family(sockaddr, length) != Linux.AF_UNIX) {
            return null;
        }
        int end = Math.min(length, sockaddr.length);
        boolean isAbstract = end > UNIX_PATH_OFFSET && sockaddr[UNIX_PATH_OFFSET] == 0;
        for (int i = UNIX_PATH_OFFSET; !isAbstract && i < end; i++) {
            if (sockaddr[i] == 0) {
                end = i;
            }
        }
        return new String(sockaddr, UNIX_PATH_OFFSET, Math.max(0, end - UNIX_PATH_OFFSET), StandardCharsets.UTF_8);
    }

    private static ByteBuffer header(int bytes, int family, int port) {
        ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()).putShort((short) family);
        out.put((byte) (port >> 8)).put((byte) port);
        return out;
    }

    private static int port(byte[] sockaddr) {
        return (sockaddr[2] & 0xff) << 8 | sockaddr[3] & 0xff;
    }
}

package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * A snapshot of the options of a TCP socket, with its address family. Immutable; any thread.
 *
 * <pre>
 *   encoded:  u8 family (0: not an Inet socket) | { u8 code | u8 length | value, native byte order of x86-64: little endian }*
 * </pre>
 *
 * <p>Unknown codes are left out when decoding: a newer node may know more options.
 */
public final class SocketOptions {
    /** For streams without an Inet socket: pipes, terminals, AF_UNIX. */
    public static final SocketOptions NONE = new SocketOptions(0, Map.of());

    private static final int MAX_VALUE_BYTES = 16;

    /** Sockets of one service have the same, mostly. */
    private static volatile SocketOptions lastDecoded = NONE;

    /** Kept as they travel: every stream of a node holds its own, and a map of them takes five times as much. */
    private final byte[] encoded;

    private SocketOptions(byte[] encoded) {
        this.encoded = encoded;
    }

    SocketOptions(int family, Map<SocketOption, byte[]> values) {
        int size = 1;
        for (byte[] value : values.values()) {
            size += 2 + value.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).put((byte) family);
        values.forEach((option, value) -> out.put((byte) option.code).put((byte) value.length).put(value));
        encoded = out.array();
    }

    /** Reads all that {@code fd} has; {@link #NONE} if it is no Inet socket. */
    public static SocketOptions read(int fd) {
        int family = Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN);
        if (family != Linux.AF_INET && family != Linux.AF_INET6) {
            return NONE;
        }
        return OptionQuestions.of(family).ask(fd);
    }

    /** The inverse of {@link #encode}. */
    public static SocketOptions decode(byte[] bytes) {
        if (bytes.length == 0) {
            return NONE;
        }
        SocketOptions known = lastDecoded;
        if (!Arrays.equals(bytes, known.encoded)) {
            known = inOrder(bytes) ? new SocketOptions(bytes.clone()) : new SocketOptions(bytes[0], values(bytes));
            lastDecoded = known;
        }
        return known;
    }

    /** Whether they are as this class encodes them: known ones only, each once. */
    private static boolean inOrder(byte[] bytes) {
        int last = -1;
        int at = 1;
        while (at + 1 < bytes.length) {
            SocketOption option = SocketOption.ofCode(bytes[at] & 0xff);
            if (option == null || option.ordinal() <= last) {
                return false;
            }
            last = option.ordinal();
            at += 2 + (bytes[at + 1] & 0xff);
        }
        return at == bytes.length;
    }

    private static Map<SocketOption, byte[]> values(byte[] bytes) {
        Map<SocketOption, byte[]> values = new EnumMap<>(SocketOption.class);
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        while (in.remaining() >= 2) {
            SocketOption option = SocketOption.ofCode(in.get() & 0xff);
            int length = in.get() & 0xff;
            if (length > in.remaining()) {
                throw new IllegalArgumentException("socket options cut short at byte " + in.position());
            }
            byte[] value = new byte[length];
            in.get(value);
            if (option != null) {
                values.put(option, value);
            }
        }
        return values;
    }

    /** The caller's own. */
    public byte[] encode() {
        return encoded.clone();
    }

    /** AF_INET or AF_INET6; 0 if this was no Inet socket. */
    public int family() {
        return encoded[0];
    }

    /** What is in these and not, or otherwise, in {@code before}. */
    public SocketOptions changedSince(SocketOptions before) {
        Map<SocketOption, byte[]> changed = values(encoded);
        Map<SocketOption, byte[]> old = values(before.encoded);
        changed.entrySet().removeIf(entry -> Arrays.equals(entry.getValue(), old.get(entry.getKey())));
        return new SocketOptions(family(), changed);
    }

    /** {@code before} with these on top. */
    public SocketOptions over(SocketOptions before) {
        Map<SocketOption, byte[]> merged = values(before.encoded);
        merged.putAll(values(encoded));
        return new SocketOptions(family(), merged);
    }

    public boolean isEmpty() {
        return encoded.length == 1;
    }

    /** Sets on {@code fd} what differs there; an option that it refuses (man 7: not in this state, not on this kernel) is left alone. */
    public void apply(int fd) {
        apply(fd, false);
    }

    /**
     * As {@link #apply(int)}, but for SO_REUSEADDR: while sockets are made that share a port, all of them must have it
     * (inet_csk_bind_conflict).
     */
    public void applyButReuse(int fd) {
        apply(fd, true);
    }

    /** Whether SO_REUSEADDR is set. */
    public boolean reuse() {
        for (int at = 1; at < encoded.length; at += 2 + encoded[at + 1]) {
            if (encoded[at] == (byte) SocketOption.REUSEADDR.code) {
                return encoded[at + 2] != 0;
            }
        }
        return false;
    }

    /** Sets SO_REUSEADDR alone. */
    public void applyReuse(int fd) {
        applyOnly(fd, EnumSet.of(SocketOption.REUSEADDR));
    }

    /** Sets those alone that a daemon which reads and writes the socket needs otherwise: SO_OOBINLINE, SO_RCVLOWAT, SO_LINGER. */
    public void applyOwned(int fd) {
        applyOnly(fd, EnumSet.of(SocketOption.OOBINLINE, SocketOption.RCVLOWAT, SocketOption.LINGER));
    }

    private void applyOnly(int fd, Set<SocketOption> these) {
        for (int at = 1; at < encoded.length; at += 2 + encoded[at + 1]) {
            SocketOption option = SocketOption.ofCode(encoded[at]);
            if (these.contains(option)) {
                set(fd, option, Arrays.copyOfRange(encoded, at + 2, at + 2 + encoded[at + 1]));
            }
        }
    }

    private void apply(int fd, boolean keepReuse) {
        values(encoded).forEach((option, value) -> {
            if (!(keepReuse && option == SocketOption.REUSEADDR) && !Arrays.equals(value, get(fd, option))) {
                set(fd, option, value);
            }
        });
    }

    private static void set(int fd, SocketOption option, byte[] value) {
        // The FORCE variants go past net.core.rmem_max and wmem_max: the origin allowed the size already.
        int name = option == SocketOption.RCVBUF ? Linux.SO_RCVBUFFORCE : option == SocketOption.SNDBUF ? Linux.SO_SNDBUFFORCE : option.name;
        Posix.setsockopt(fd, option.level, name, value);
    }

    private static byte[] get(int fd, SocketOption option) {
        byte[] value = new byte[MAX_VALUE_BYTES];
        int length = Posix.getsockopt(fd, option.level, option.name, value);
        return length <= 0 ? null : option.carried(Arrays.copyOf(value, Math.min(length, MAX_VALUE_BYTES)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SocketOptions options && Arrays.equals(encoded, options.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(family() == Linux.AF_INET6 ? "inet6" : family() == Linux.AF_INET ? "inet" : "none");
        values(encoded).forEach((option, value) -> out.append(' ').append(option).append('=').append(Arrays.toString(value)));
        return out.toString();
    }
}

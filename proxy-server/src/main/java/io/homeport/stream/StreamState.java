package io.homeport.stream;

import io.homeport.socket.SocketOptions;
import java.net.InetSocketAddress;

/**
 * Where a stream stands while its process is on the road: all that the next stub must know. Immutable but for its arrays, which nobody
 * changes.
 *
 * <pre>
 *   inbound:   ... read by the application | unread ...... | (eof)      | still at the deputy
 *                                  consumed ┘
 *   outbound:  ... the deputy has them | unsent .......... | (eof, reset)
 *                                 acked ┘
 * </pre>
 *
 * @param id random; knowing it is the right to attach
 * @param origin node of the real socket; empty if the connection is over
 * @param local address of the socket; null for pipes and AF_UNIX
 * @param remote address of the peer; null for listeners, pipes and AF_UNIX
 * @param listenerId id of the listener it was accepted from after that had moved; else 0
 * @param unaccepted it waits in that listener's accept queue; the process has no descriptor of it
 * @param options of the socket, with its family
 * @param optionsSet the application has set some since it moved first: the real socket's may differ
 * @param backlog of a listener, else 0
 */
public record StreamState(
        long id,
        String origin,
        StreamKind kind,
        InetSocketAddress local,
        InetSocketAddress remote,
        long listenerId,
        boolean unaccepted,
        SocketOptions options,
        boolean optionsSet,
        int backlog,
        Inbound inbound,
        Outbound outbound) {
    private static final byte[] NOTHING = {};

    /**
     * Bytes towards the application.
     *
     * @param consumed offset up to which it has read
     * @param unread bytes [consumed, consumed + unread.length) that reached the node it leaves
     * @param eof an end of file follows them
     * @param reset a reset follows them: only of connections that are over
     */
    public record Inbound(long consumed, byte[] unread, boolean eof, boolean reset) {
        public static final Inbound START = new Inbound(0, NOTHING, false);

        /** Without a reset. */
        public Inbound(long consumed, byte[] unread, boolean eof) {
            this(consumed, unread, eof, false);
        }
    }

    /**
     * Bytes from the application.
     *
     * @param acked offset up to which the deputy has them
     * @param unsent bytes [acked, acked + unsent.length)
     * @param eof the application has shut its direction down after them
     * @param reset it has reset the connection after that
     */
    public record Outbound(long acked, byte[] unsent, boolean eof, boolean reset) {
        public static final Outbound START = new Outbound(0, NOTHING, false, false);
    }

    /** A connection that has never moved. */
    public static StreamState connection(
            long id, String origin, StreamKind kind, InetSocketAddress local, InetSocketAddress remote, SocketOptions options) {
        return new StreamState(id, origin, kind, local, remote, 0, false, options, false, 0, Inbound.START, Outbound.START);
    }

    /** A listener. */
    public static StreamState listener(long id, String origin, InetSocketAddress local, int backlog, SocketOptions options) {
        return new StreamState(
                id, origin, StreamKind.LISTENER, local, null, 0, false, options, false, backlog, Inbound.START, Outbound.START);
    }

    /**
     * A connection that is over: both ends are through with it, but the application still has its descriptor and may not have read all. It has
     * no deputy: its origin is empty.
     */
    public static StreamState over(
            long id, InetSocketAddress local, InetSocketAddress remote, SocketOptions options, byte[] unread, boolean reset) {
        return new StreamState(
                id, "", StreamKind.TCP, local, remote, 0, false, options, false, 0, new Inbound(0, unread, !reset, reset),
                new Outbound(0, NOTHING, true, false));
    }

    /** Whether it has no deputy any more. */
    public boolean isOver() {
        return origin.isEmpty();
    }

    /** Whether both directions are open, and no byte is under way at the node it leaves. */
    public boolean isQuiet() {
        return kind == StreamKind.TCP && !unaccepted && inbound.unread.length == 0 && !inbound.eof && !inbound.reset
                && outbound.unsent.length == 0 && !outbound.eof && !outbound.reset;
    }

    /** Whether the same stream, quiet, stands where it stood then, quiet as well. */
    public boolean standsAs(StreamState then) {
        return isQuiet() && then.isQuiet() && inbound.consumed == then.inbound.consumed && outbound.acked == then.outbound.acked
                && optionsSet == then.optionsSet && options.equals(then.options) && listenerId == then.listenerId && origin.equals(then.origin);
    }

    /** The same with the options that the socket has now. */
    public StreamState withOptions(SocketOptions now) {
        return new StreamState(id, origin, kind, local, remote, listenerId, unaccepted, now, optionsSet, backlog, inbound, outbound);
    }

    /** The same with other outbound bytes: what was found in the dummy of the journey, for example. */
    public StreamState withOutbound(Outbound other) {
        return new StreamState(id, origin, kind, local, remote, listenerId, unaccepted, options, optionsSet, backlog, inbound, other);
    }

    @Override
    public String toString() {
        return kind + " " + Long.toHexString(id) + "@" + origin + " " + local + (remote == null ? "" : " - " + remote) + " in "
                + inbound.consumed + "+" + inbound.unread.length + (inbound.eof ? " eof" : "") + " out " + outbound.acked + "+"
                + outbound.unsent.length + (outbound.eof ? " eof" : "") + (outbound.reset ? " reset" : "");
    }
}

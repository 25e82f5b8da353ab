package io.homeport.stream;

import io.homeport.socket.SocketOptions;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.record.AddressDecoder;
import io.homeport.wire.record.AddressEncoder;
import io.homeport.wire.record.MessageHeaderDecoder;
import io.homeport.wire.record.MessageHeaderEncoder;
import io.homeport.wire.record.StreamFlagsDecoder;
import io.homeport.wire.record.StreamItemDecoder;
import io.homeport.wire.record.StreamItemEncoder;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A {@link StreamState} as a StreamItem message of schema homeport-record.xml: on the road, and in this node's slots. Pure; any thread. */
public final class StateRecord {
    private static final int NO_FAMILY = 0;
    private static final int IPV4 = 4;
    private static final int IPV6 = 6;
    private static final int NO_FD = -1;
    private static final byte[] NOTHING = {};
    private static volatile String lastOrigin = "";

    private StateRecord() {}

    /**
     * Writes one at {@code offset}, behind its header.
     *
     * @param fds the descriptors that refer to it
     * @param keptFd the dummy's other end that the process keeps, -1 if there is none
     * @return its length with the header
     */
    public static int encode(ExpandableArrayBuffer buffer, int offset, StreamState state, List<Integer> fds, int keptFd) {
        StreamItemEncoder encoder =
                new StreamItemEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
        encoder.streamId(state.id())
                .listenerId(state.listenerId())
                .consumed(state.inbound().consumed())
                .acked(state.outbound().acked())
                .backlog(state.backlog())
                .keptFd(keptFd)
                .kind(io.homeport.wire.record.StreamKind.valueOf(state.kind().name()));
        encoder.flags()
                .clear()
                .inEof(state.inbound().eof())
                .inReset(state.inbound().reset())
                .outEof(state.outbound().eof())
                .outReset(state.outbound().reset())
                .optionsSet(state.optionsSet())
                .unaccepted(state.unaccepted());
        address(encoder.local(), state.local());
        address(encoder.remote(), state.remote());
        StreamItemEncoder.DescriptorsEncoder group = encoder.descriptorsCount(fds.size());
        fds.forEach(fd -> group.next().fd(fd));
        byte[] options = state.options().encode();
        encoder.origin(state.origin())
                .putOptions(options, 0, options.length)
                .putUnread(state.inbound().unread(), 0, state.inbound().unread().length)
                .putUnsent(state.outbound().unsent(), 0, state.outbound().unsent().length);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    /**
     * The state that {@code item} holds, which stands behind its header in {@code buffer}; moves it to its end.
     *
     * @param fds the descriptors that refer to it are added
     * @throws MalformedFrameException if a length in it goes beyond the buffer
     */
    public static StreamState decode(DirectBuffer buffer, StreamItemDecoder item, List<Integer> fds) throws UnknownHostException {
        item.descriptors().forEach(descriptor -> fds.add(descriptor.fd()));
        StreamFlagsDecoder flags = item.flags();
        Frames.checkField(buffer, item.limit(), FrameLimits.MAX_PATH_BYTES, "a name");
        String origin = shared(item.origin());
        byte[] options = room(buffer, item.limit(), "socket options");
        item.getOptions(options, 0, options.length);
        byte[] unread = room(buffer, item.limit(), "unread bytes");
        item.getUnread(unread, 0, unread.length);
        byte[] unsent = room(buffer, item.limit(), "unsent bytes");
        item.getUnsent(unsent, 0, unsent.length);
        return new StreamState(
                item.streamId(),
                origin,
                StreamKind.valueOf(item.kind().name()),
                address(item.local()),
                address(item.remote()),
                item.listenerId(),
                flags.unaccepted(),
                SocketOptions.decode(options),
                flags.optionsSet(),
                item.backlog(),
                new StreamState.Inbound(item.consumed(), unread, flags.inEof(), flags.inReset()),
                new StreamState.Outbound(item.acked(), unsent, flags.outEof(), flags.outReset()));
    }

    /** Without descriptors, at the beginning of {@code buffer}. @return its length */
    static int encode(ExpandableArrayBuffer buffer, StreamState state) {
        return encode(buffer, 0, state, List.of(), NO_FD);
    }

    static StreamState decode(byte[] bytes) throws IOException {
        UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        try {
            StreamItemDecoder item = new StreamItemDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
            return decode(buffer, item, new ArrayList<>());
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException | MalformedFrameException e) {
            throw new IOException("no record of a stream: " + e.getMessage(), e);
        }
    }

    /** One of a few names of nodes, in thousands of states. */
    private static String shared(String origin) {
        String last = lastOrigin;
        if (!origin.equals(last)) {
            last = origin.intern();
            lastOrigin = last;
        }
        return last;
    }

    private static byte[] room(DirectBuffer buffer, int at, String what) {
        int length = Frames.checkField(buffer, at, Integer.MAX_VALUE, what);
        return length == 0 ? NOTHING : new byte[length]; // as of most
    }

    /** An address, or none. */
    public static void address(AddressEncoder encoder, InetSocketAddress address) {
        byte[] ip = address == null ? NOTHING : address.getAddress().getAddress();
        encoder.family((short) (ip.length == 0 ? NO_FAMILY : ip.length == 4 ? IPV4 : IPV6))
                .port(address == null ? 0 : address.getPort())
                .scope(address != null && address.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0);
        encoder.putIp(ip, 0, ip.length);
    }

    /** An address; null if there is none. */
    public static InetSocketAddress address(AddressDecoder decoder) throws UnknownHostException {
        if (decoder.family() == NO_FAMILY) {
            return null;
        }
        byte[] ip = new byte[decoder.family() == IPV4 ? 4 : 16];
        decoder.getIp(ip, 0, ip.length);
        int scope = (int) decoder.scope();
        InetAddress address =
                scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope);
        return new InetSocketAddress(address, decoder.port());
    }
}

package io.homeport.migration.contract;

import io.homeport.link.LinkPolicy;
import io.homeport.socket.SocketOptions;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.record.AddressDecoder;
import io.homeport.wire.record.AddressEncoder;
import io.homeport.wire.record.ConnectingSocketDecoder;
import io.homeport.wire.record.ConnectingSocketEncoder;
import io.homeport.wire.record.MessageHeaderDecoder;
import io.homeport.wire.record.MessageHeaderEncoder;
import io.homeport.wire.record.ServiceRecordDecoder;
import io.homeport.wire.record.ServiceRecordEncoder;
import io.homeport.wire.record.StreamFlagsDecoder;
import io.homeport.wire.record.StreamItemDecoder;
import io.homeport.wire.record.StreamItemEncoder;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The record as a file: SBE messages of schema homeport-record.xml one after the other.
 *
 * <pre>
 *   ServiceRecord | StreamItem | StreamItem | ... | ConnectingSocket | ...
 * </pre>
 */
public final class RecordFile {
    private static final int NO_FAMILY = 0;
    private static final int IPV4 = 4;
    private static final int IPV6 = 6;

    private RecordFile() {}

    public static void write(Path file, ServiceRecord record) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(encode(record));
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /**
     * Reads a record back.
     *
     * @throws IOException if it is no record of this version
     */
    public static ServiceRecord read(Path file) throws IOException {
        return decode(Files.readAllBytes(file), file.toString());
    }

    static ServiceRecord decode(byte[] bytes, String name) throws IOException {
        try {
            return decode(new UnsafeBuffer(bytes));
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException | MalformedFrameException
                | UnknownHostException e) {
            throw new IOException(name + " is no record of a service: " + e.getMessage(), e);
        }
    }

    static byte[] encode(ServiceRecord record) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64 * 1024);
        int length = encodeService(buffer, record);
        for (ServiceRecord.Item item : record.streams()) {
            length += encodeItem(buffer, length, item);
        }
        for (ServiceRecord.Connecting socket : record.connecting()) {
            length += encodeConnecting(buffer, length, socket);
        }
        return Arrays.copyOf(buffer.byteArray(), length);
    }

    private static int encodeService(ExpandableArrayBuffer buffer, ServiceRecord record) {
        ServiceRecordEncoder encoder =
                new ServiceRecordEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.migrationId(record.migrationId())
                .serviceId(record.serviceId())
                .startedMs(record.startedMs())
                .epoch(record.move())
                .streamCount(record.streams().size())
                .connectingCount(record.connecting().size())
                .name(record.name())
                .sourceNode(record.sourceNode())
                .birthNode(record.birthNode())
                .linkPolicy(record.linkPolicy() == null ? "" : record.linkPolicy().toString());
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static int encodeItem(ExpandableArrayBuffer buffer, int offset, ServiceRecord.Item item) {
        StreamState state = item.state();
        StreamItemEncoder encoder =
                new StreamItemEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
        encoder.streamId(state.id())
                .listenerId(state.listenerId())
                .consumed(state.inbound().consumed())
                .acked(state.outbound().acked())
                .backlog(state.backlog())
                .keptFd(item.keptFd())
                .kind(io.homeport.wire.record.StreamKind.valueOf(state.kind().name()));
        encoder.flags()
                .clear()
                .inEof(state.inbound().eof())
                .outEof(state.outbound().eof())
                .outReset(state.outbound().reset())
                .unaccepted(state.unaccepted());
        address(encoder.local(), state.local());
        address(encoder.remote(), state.remote());
        StreamItemEncoder.DescriptorsEncoder group = encoder.descriptorsCount(item.fds().size());
        item.fds().forEach(fd -> group.next().fd(fd));
        byte[] options = state.options().encode();
        encoder.origin(state.origin())
                .putOptions(options, 0, options.length)
                .putUnread(state.inbound().unread(), 0, state.inbound().unread().length)
                .putUnsent(state.outbound().unsent(), 0, state.outbound().unsent().length);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static int encodeConnecting(ExpandableArrayBuffer buffer, int offset, ServiceRecord.Connecting socket) {
        ConnectingSocketEncoder encoder =
                new ConnectingSocketEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
        encoder.keptFd(socket.keptFd()).failed((short) (socket.failed() ? 1 : 0));
        address(encoder.remote(), socket.remote());
        ConnectingSocketEncoder.DescriptorsEncoder group = encoder.descriptorsCount(socket.fds().size());
        socket.fds().forEach(fd -> group.next().fd(fd));
        byte[] options = socket.options().encode();
        encoder.putOptions(options, 0, options.length);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static ServiceRecord decode(UnsafeBuffer buffer) throws UnknownHostException {
        ServiceRecordDecoder decoder = new ServiceRecordDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        long count = decoder.streamCount();
        long connectingCount = decoder.connectingCount();
        int next = MessageHeaderDecoder.ENCODED_LENGTH;
        List<ServiceRecord.Item> items = new ArrayList<>();
        List<ServiceRecord.Connecting> connecting = new ArrayList<>();
        ServiceRecord record = new ServiceRecord(
                decoder.migrationId(),
                decoder.serviceId(),
                text(buffer, decoder.limit(), decoder::name),
                text(buffer, decoder.limit(), decoder::sourceNode),
                text(buffer, decoder.limit(), decoder::birthNode),
                decoder.startedMs(),
                (int) decoder.epoch(),
                linkPolicy(buffer, decoder),
                items,
                connecting);
        next += decoder.encodedLength();
        for (long i = 0; i < count; i++) {
            StreamItemDecoder item = new StreamItemDecoder().wrapAndApplyHeader(buffer, next, new MessageHeaderDecoder());
            items.add(decodeItem(buffer, item));
            next += MessageHeaderDecoder.ENCODED_LENGTH + item.encodedLength();
        }
        for (long i = 0; i < connectingCount; i++) {
            ConnectingSocketDecoder socket =
                    new ConnectingSocketDecoder().wrapAndApplyHeader(buffer, next, new MessageHeaderDecoder());
            connecting.add(decodeConnecting(buffer, socket));
            next += MessageHeaderDecoder.ENCODED_LENGTH + socket.encodedLength();
        }
        if (next != buffer.capacity()) {
            throw new MalformedFrameException(buffer.capacity() - next + " bytes more than its " + count + " streams and " + connectingCount + " connecting sockets");
        }
        return record;
    }

    private static LinkPolicy linkPolicy(UnsafeBuffer buffer, ServiceRecordDecoder decoder) {
        String text = decoder.actingVersion() < ServiceRecordDecoder.linkPolicySinceVersion() ? "" : text(buffer, decoder.limit(), decoder::linkPolicy);
        return text.isEmpty() ? null : LinkPolicy.parse(text);
    }

    private static String text(UnsafeBuffer buffer, int at, Supplier<String> field) {
        Frames.checkField(buffer, at, FrameLimits.MAX_PATH_BYTES, "a name");
        return field.get();
    }

    private static byte[] room(UnsafeBuffer buffer, int at, String what) {
        return new byte[Frames.checkField(buffer, at, Integer.MAX_VALUE, what)];
    }

    private static ServiceRecord.Connecting decodeConnecting(UnsafeBuffer buffer, ConnectingSocketDecoder socket) throws UnknownHostException {
        List<Integer> fds = new ArrayList<>();
        socket.descriptors().forEach(descriptor -> fds.add(descriptor.fd()));
        byte[] options = room(buffer, socket.limit(), "socket options");
        socket.getOptions(options, 0, options.length);
        return new ServiceRecord.Connecting(
                address(socket.remote()), socket.failed() != 0, SocketOptions.decode(options), fds, socket.keptFd());
    }

    private static ServiceRecord.Item decodeItem(UnsafeBuffer buffer, StreamItemDecoder item) throws UnknownHostException {
        List<Integer> fds = new ArrayList<>();
        item.descriptors().forEach(descriptor -> fds.add(descriptor.fd()));
        StreamFlagsDecoder flags = item.flags();
        String origin = text(buffer, item.limit(), item::origin);
        byte[] options = room(buffer, item.limit(), "socket options");
        item.getOptions(options, 0, options.length);
        byte[] unread = room(buffer, item.limit(), "unread bytes");
        item.getUnread(unread, 0, unread.length);
        byte[] unsent = room(buffer, item.limit(), "unsent bytes");
        item.getUnsent(unsent, 0, unsent.length);
        StreamState state = new StreamState(
                item.streamId(),
                origin,
                StreamKind.valueOf(item.kind().name()),
                address(item.local()),
                address(item.remote()),
                item.listenerId(),
                flags.unaccepted(),
                SocketOptions.decode(options),
                item.backlog(),
                new StreamState.Inbound(item.consumed(), unread, flags.inEof()),
                new StreamState.Outbound(item.acked(), unsent, flags.outEof(), flags.outReset()));
        return new ServiceRecord.Item(state, fds, item.keptFd());
    }

    private static void address(AddressEncoder encoder, InetSocketAddress address) {
        byte[] ip = address == null ? new byte[0] : address.getAddress().getAddress();
        encoder.family((short) (ip.length == 0 ? NO_FAMILY : ip.length == 4 ? IPV4 : IPV6))
                .port(address == null ? 0 : address.getPort())
                .scope(address != null && address.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0);
        byte[] padded = Arrays.copyOf(ip, 16);
        for (int i = 0; i < padded.length; i++) {
            encoder.ip(i, padded[i]);
        }
    }

    private static InetSocketAddress address(AddressDecoder decoder) throws UnknownHostException {
        if (decoder.family() == NO_FAMILY) {
            return null;
        }
        byte[] ip = new byte[decoder.family() == IPV4 ? 4 : 16];
        for (int i = 0; i < ip.length; i++) {
            ip[i] = (byte) decoder.ip(i);
        }
        int scope = (int) decoder.scope();
        InetAddress address =
                scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope);
        return new InetSocketAddress(address, decoder.port());
    }
}

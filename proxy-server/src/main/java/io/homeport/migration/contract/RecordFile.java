package io.homeport.migration.contract;

import io.homeport.link.LinkPolicy;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.socket.SocketOptions;
import io.homeport.stream.StateRecord;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.record.AsForeseenDecoder;
import io.homeport.wire.record.AsForeseenEncoder;
import io.homeport.wire.record.ConnectingSocketDecoder;
import io.homeport.wire.record.ConnectingSocketEncoder;
import io.homeport.wire.record.MessageHeaderDecoder;
import io.homeport.wire.record.MessageHeaderEncoder;
import io.homeport.wire.record.ServiceRecordDecoder;
import io.homeport.wire.record.ServiceRecordEncoder;
import io.homeport.wire.record.StreamItemDecoder;
import io.homeport.wire.record.VacatedDescriptorDecoder;
import io.homeport.wire.record.VacatedDescriptorEncoder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The record as a file: SBE messages of schema homeport-record.xml one after the other.
 *
 * <pre>
 *   ServiceRecord | (AsForeseen) | StreamItem | StreamItem | ... | ConnectingSocket | ... | VacatedDescriptor | ...
 * </pre>
 *
 * <p>A record that refers to the one that went ahead is read with that, which lies beside it.
 */
public final class RecordFile {
    private static final int MESSAGE_BYTES = 1024;
    private static final int BUFFER_BYTES = 64 << 10;

    private RecordFile() {}

    /** Writes a whole one. */
    public static void write(Path file, ServiceRecord record) throws IOException {
        write(file, record, null);
    }

    /**
     * Writes it beside {@code file} and renames it: a daemon that comes after one that was killed meanwhile finds all of it, or none.
     *
     * @param foreseen what it may refer to; null for a whole one
     */
    public static void write(Path file, ServiceRecord record, AsForeseen foreseen) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".tmp");
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), BUFFER_BYTES)) {
            encode(foreseen == null ? new AsForeseen.Remainder(null, null, record) : foreseen.of(record), out);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads a record back.
     *
     * @throws IOException if it is no record of this version
     */
    public static ServiceRecord read(Path file) throws IOException {
        return open(file, null).read();
    }

    /** One that is there, whatever becomes of its name until it is read. @param foreseen the record that went ahead of it; null if that is still to be read, too */
    public static Unread open(Path file, ServiceRecord foreseen) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            UnsafeBuffer bytes = new UnsafeBuffer(in.map(FileChannel.MapMode.READ_ONLY, 0, in.size()));
            return new Unread(bytes, file.toString(), foreseen != null ? () -> foreseen : () -> foreseen(file));
        }
    }

    private static ServiceRecord foreseen(Path file) throws IOException {
        if (file.endsWith(MigrationFiles.FORESEEN)) {
            throw new IOException(file + " is no record of a service: nothing went ahead of it");
        }
        return read(file.resolveSibling(MigrationFiles.FORESEEN));
    }

    /** The record that went ahead. */
    interface Foreseen {
        ServiceRecord read() throws IOException;
    }

    /** A record's bytes. */
    public static final class Unread {
        private final UnsafeBuffer bytes;
        private final String name;
        private final Foreseen foreseen;
        /** Null before the first has read it. */
        private ServiceRecord record;

        private Unread(UnsafeBuffer bytes, String name, Foreseen foreseen) {
            this.bytes = bytes;
            this.name = name;
            this.foreseen = foreseen;
        }

        /** As {@link RecordFile#read}; once, whoever asks. Any thread. */
        public synchronized ServiceRecord read() throws IOException {
            if (record == null) {
                record = decode(bytes, name, foreseen);
            }
            return record;
        }
    }

    static ServiceRecord decode(UnsafeBuffer record, String name, Foreseen foreseen) throws IOException {
        try {
            AsForeseen.Remainder remainder = decode(record);
            return remainder.streams() == null ? remainder.told() : remainder.whole(foreseen.read());
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException | MalformedFrameException
                | UnknownHostException e) {
            throw new IOException(name + " is no record of a service: " + e.getMessage(), e);
        }
    }

    /** Message by message: the whole of a service with thousands of streams would be large enough for a collection of its own (G1's humongous objects). */
    static void encode(AsForeseen.Remainder remainder, OutputStream out) throws IOException {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(MESSAGE_BYTES);
        ServiceRecord record = remainder.told();
        write(out, buffer, encodeService(buffer, record, remainder.streams() != null));
        if (remainder.streams() != null) {
            write(out, buffer, encodeAsForeseen(buffer, remainder));
        }
        for (ServiceRecord.Item item : record.streams()) {
            write(out, buffer, StateRecord.encode(buffer, 0, item.state(), item.fds(), item.keptFd()));
        }
        for (ServiceRecord.Connecting socket : record.connecting()) {
            write(out, buffer, encodeConnecting(buffer, socket));
        }
        for (Descriptor descriptor : record.vacated()) {
            write(out, buffer, encodeVacated(buffer, descriptor));
        }
    }

    private static void write(OutputStream out, ExpandableArrayBuffer message, int length) throws IOException {
        out.write(message.byteArray(), 0, length);
    }

    private static int encodeAsForeseen(ExpandableArrayBuffer buffer, AsForeseen.Remainder remainder) {
        byte[] streams = remainder.streams().toByteArray();
        byte[] descriptors = remainder.descriptors().toByteArray();
        AsForeseenEncoder encoder = new AsForeseenEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.putStreams(streams, 0, streams.length).putDescriptors(descriptors, 0, descriptors.length);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static int encodeService(ExpandableArrayBuffer buffer, ServiceRecord record, boolean asForeseen) {
        ServiceRecordEncoder encoder =
                new ServiceRecordEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.migrationId(record.migrationId())
                .serviceId(record.serviceId())
                .startedMs(record.startedMs())
                .epoch(record.move())
                .streamCount(record.streams().size())
                .connectingCount(record.connecting().size())
                .vacatedCount(record.vacated().size())
                .asForeseen((short) (asForeseen ? 1 : 0))
                .name(record.name())
                .sourceNode(record.sourceNode())
                .birthNode(record.birthNode())
                .linkPolicy(record.linkPolicy() == null ? "" : record.linkPolicy().toString());
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static int encodeConnecting(ExpandableArrayBuffer buffer, ServiceRecord.Connecting socket) {
        ConnectingSocketEncoder encoder =
                new ConnectingSocketEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.failed((short) (socket.failed() ? 1 : 0));
        StateRecord.address(encoder.remote(), socket.remote());
        ConnectingSocketEncoder.DescriptorsEncoder group = encoder.descriptorsCount(socket.fds().size());
        socket.fds().forEach(fd -> group.next().fd(fd));
        byte[] options = socket.options().encode();
        encoder.putOptions(options, 0, options.length);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static int encodeVacated(ExpandableArrayBuffer buffer, Descriptor descriptor) {
        VacatedDescriptorEncoder encoder =
                new VacatedDescriptorEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.fd(descriptor.fd()).flags(descriptor.flags());
        VacatedDescriptorEncoder.RegistrationsEncoder group = encoder.registrationsCount(descriptor.registrations().size());
        for (EpollRegistration one : descriptor.registrations()) {
            group.next().epollFd(one.epollFd()).events(one.events() & 0xffff_ffffL).data(one.data());
        }
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    private static AsForeseen.Remainder decode(UnsafeBuffer buffer) throws UnknownHostException {
        ServiceRecordDecoder decoder = new ServiceRecordDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        if (decoder.actingVersion() < ServiceRecordDecoder.vacatedCountSinceVersion()) {
            throw new MalformedFrameException("it is of version " + decoder.actingVersion() + ", whose descriptors have dummies: upgrade that node first");
        }
        long count = decoder.streamCount();
        long connectingCount = decoder.connectingCount();
        long vacatedCount = decoder.vacatedCount();
        int next = MessageHeaderDecoder.ENCODED_LENGTH;
        List<ServiceRecord.Item> items = new ArrayList<>();
        List<ServiceRecord.Connecting> connecting = new ArrayList<>();
        List<Descriptor> vacated = new ArrayList<>();
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
                connecting,
                vacated);
        boolean asForeseen = decoder.asForeseen() == 1;
        next += decoder.encodedLength();
        MessageHeaderDecoder header = new MessageHeaderDecoder();
        BitSet streams = null;
        BitSet descriptors = null;
        if (asForeseen) {
            AsForeseenDecoder same = new AsForeseenDecoder().wrapAndApplyHeader(buffer, next, header);
            streams = bits(buffer, same.limit(), same::getStreams);
            descriptors = bits(buffer, same.limit(), same::getDescriptors);
            next += MessageHeaderDecoder.ENCODED_LENGTH + same.encodedLength();
        }
        StreamItemDecoder item = new StreamItemDecoder();
        for (long i = 0; i < count; i++) {
            item.wrapAndApplyHeader(buffer, next, header);
            List<Integer> fds = new ArrayList<>(1);
            items.add(new ServiceRecord.Item(StateRecord.decode(buffer, item, fds), fds, item.keptFd()));
            next += MessageHeaderDecoder.ENCODED_LENGTH + item.encodedLength();
        }
        for (long i = 0; i < connectingCount; i++) {
            ConnectingSocketDecoder socket = new ConnectingSocketDecoder().wrapAndApplyHeader(buffer, next, header);
            connecting.add(decodeConnecting(buffer, socket));
            next += MessageHeaderDecoder.ENCODED_LENGTH + socket.encodedLength();
        }
        VacatedDescriptorDecoder descriptor = new VacatedDescriptorDecoder();
        for (long i = 0; i < vacatedCount; i++) {
            descriptor.wrapAndApplyHeader(buffer, next, header);
            vacated.add(decodeVacated(descriptor));
            next += MessageHeaderDecoder.ENCODED_LENGTH + descriptor.encodedLength();
        }
        if (next != buffer.capacity()) {
            throw new MalformedFrameException(buffer.capacity() - next + " bytes more than its " + count + " streams, " + connectingCount
                    + " connecting sockets and " + vacatedCount + " descriptors");
        }
        return new AsForeseen.Remainder(streams, descriptors, record);
    }

    private interface Bytes {
        int get(byte[] into, int offset, int length);
    }

    private static BitSet bits(UnsafeBuffer buffer, int at, Bytes field) {
        byte[] bits = new byte[Frames.checkField(buffer, at, Integer.MAX_VALUE, "what is as foreseen")];
        field.get(bits, 0, bits.length);
        return BitSet.valueOf(bits);
    }

    private static LinkPolicy linkPolicy(UnsafeBuffer buffer, ServiceRecordDecoder decoder) {
        String text = decoder.actingVersion() < ServiceRecordDecoder.linkPolicySinceVersion() ? "" : text(buffer, decoder.limit(), decoder::linkPolicy);
        return text.isEmpty() ? null : LinkPolicy.parse(text);
    }

    private static String text(UnsafeBuffer buffer, int at, Supplier<String> field) {
        Frames.checkField(buffer, at, FrameLimits.MAX_PATH_BYTES, "a name");
        return field.get();
    }

    private static ServiceRecord.Connecting decodeConnecting(UnsafeBuffer buffer, ConnectingSocketDecoder socket) throws UnknownHostException {
        List<Integer> fds = new ArrayList<>();
        socket.descriptors().forEach(descriptor -> fds.add(descriptor.fd()));
        byte[] options = new byte[Frames.checkField(buffer, socket.limit(), Integer.MAX_VALUE, "socket options")];
        socket.getOptions(options, 0, options.length);
        return new ServiceRecord.Connecting(
                StateRecord.address(socket.remote()), socket.failed() != 0, SocketOptions.decode(options), fds);
    }

    private static Descriptor decodeVacated(VacatedDescriptorDecoder descriptor) {
        List<EpollRegistration> registrations = new ArrayList<>(1);
        for (VacatedDescriptorDecoder.RegistrationsDecoder one : descriptor.registrations()) {
            registrations.add(new EpollRegistration(one.epollFd(), descriptor.fd(), (int) one.events(), one.data()));
        }
        return new Descriptor(descriptor.fd(), descriptor.flags(), registrations);
    }
}

package io.homeport.stream;

import io.homeport.link.Peer;
import io.homeport.socket.SocketOptions;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.AckDecoder;
import io.homeport.wire.link.AddressDecoder;
import io.homeport.wire.link.AttachDecoder;
import io.homeport.wire.link.AttachRefusedDecoder;
import io.homeport.wire.link.AttachedDecoder;
import io.homeport.wire.link.DataDecoder;
import io.homeport.wire.link.EndDecoder;
import io.homeport.wire.link.EndKind;
import io.homeport.wire.link.OpenDecoder;
import io.homeport.wire.link.OptionsDecoder;
import io.homeport.wire.link.ReleasedDecoder;
import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.agrona.DirectBuffer;

/**
 * Takes the frames of STREAM lanes apart and gives each to the end it is for. A frame for a stream that is not (any more) bound to its sender is
 * dropped: the process has moved on. Flyweights are reused: data loop only.
 */
final class FrameDispatch {
    private final Deputies deputies;
    private final StubTable stubs;
    private final AttachDecoder attach = new AttachDecoder();
    private final AttachedDecoder attached = new AttachedDecoder();
    private final AttachRefusedDecoder refused = new AttachRefusedDecoder();
    private final AckDecoder ack = new AckDecoder();
    private final EndDecoder end = new EndDecoder();
    private final OpenDecoder open = new OpenDecoder();
    private final OptionsDecoder options = new OptionsDecoder();

    FrameDispatch(Deputies deputies, StubTable stubs) {
        this.deputies = deputies;
        this.stubs = stubs;
    }

    /** @throws MalformedFrameException if the frame breaks the protocol: the lane is to be closed */
    void frame(PeerLane lane, Peer from, ByteBuf frame, DirectBuffer in) {
        int length = frame.readableBytes();
        int template = Frames.templateId(in, 0, length);
        int block = Frames.blockLength(in, 0);
        int version = Frames.version(in, 0);
        try {
            switch (template) {
                case DataDecoder.TEMPLATE_ID -> data(from, frame, in, length);
                case AckDecoder.TEMPLATE_ID -> {
                    ack.wrap(in, Frames.HEADER_BYTES, block, version);
                    StreamEnd at = find(ack.streamId(), from);
                    if (at != null) {
                        at.acknowledged(ack.receivedOffset(), ack.creditLimit());
                    }
                }
                case EndDecoder.TEMPLATE_ID -> {
                    end.wrap(in, Frames.HEADER_BYTES, block, version);
                    end(from, end.streamId(), end.streamOffset(), end.kind());
                }
                case AttachDecoder.TEMPLATE_ID -> {
                    attach.wrap(in, Frames.HEADER_BYTES, block, version);
                    deputies.attach(lane, attach.streamId(), attach.receivedOffset(), attach.creditLimit(), (int) attach.epoch());
                }
                case AttachedDecoder.TEMPLATE_ID -> {
                    attached.wrap(in, Frames.HEADER_BYTES, block, version);
                    stubs.attached(lane, attached.streamId(), attached.receivedOffset(), attached.creditLimit(), (int) attached.epoch());
                }
                case AttachRefusedDecoder.TEMPLATE_ID -> {
                    refused.wrap(in, Frames.HEADER_BYTES, block, version);
                    stubs.refused(lane, refused.streamId(), refused.reason());
                }
                case OpenDecoder.TEMPLATE_ID -> {
                    open.wrap(in, Frames.HEADER_BYTES, block, version);
                    InetSocketAddress local = address(open.local());
                    InetSocketAddress remote = address(open.remote());
                    stubs.open(lane, open.listenerId(), open.streamId(), local, remote, openOptions());
                }
                case OptionsDecoder.TEMPLATE_ID -> {
                    options.wrap(in, Frames.HEADER_BYTES, block, version);
                    byte[] bytes = new byte[limited(options.optionsLength())];
                    options.getOptions(bytes, 0, bytes.length);
                    deputies.options(from, options.streamId(), SocketOptions.decode(bytes));
                }
                case ReleasedDecoder.TEMPLATE_ID -> {
                    if (!stubs.released(from, Frames.streamId(in, 0))) {
                        deputies.released(from, Frames.streamId(in, 0));
                    }
                }
                default -> throw new MalformedFrameException("a message of template " + template + " on a STREAM lane");
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedFrameException("template " + template + ", " + length + " bytes: " + e.getMessage());
        }
    }

    private void data(Peer from, ByteBuf frame, DirectBuffer in, int length) {
        StreamEnd at = find(Frames.streamId(in, 0), from);
        int payloadBytes = Frames.payloadBytes(in, 0, length);
        if (Frames.payloadPosition(in, 0) < 0) {
            throw new MalformedFrameException("bytes at offset " + Frames.payloadPosition(in, 0));
        }
        if (at != null && !at.data(frame, Frames.payloadPosition(in, 0), payloadBytes, Frames.urgent(in, 0))) {
            gap(at);
        }
    }

    private void end(Peer from, long streamId, long offset, EndKind kind) {
        if (stubs.listenerClosed(from, streamId) || deputies.listenerClosed(from, streamId, kind)) {
            return;
        }
        byte mark =
                switch (kind) {
                    case EOF -> Mark.EOF;
                    case CLOSED -> Mark.CLOSED;
                    case RESET, ERROR -> Mark.RESET;
                    case NULL_VAL -> throw new MalformedFrameException("an end of no known kind");
                };
        StreamEnd at = find(streamId, from);
        if (at != null && !at.end(offset, mark)) {
            gap(at);
        }
    }

    /** Something is missing: both ends name their offsets again. */
    private void gap(StreamEnd at) {
        if (at.role() == Role.STUB) {
            stubs.attachAgain(at);
        } else {
            deputies.askToAttachAgain(at);
        }
    }

    private StreamEnd find(long streamId, Peer from) {
        StreamEnd deputy = deputies.end(streamId);
        if (deputy != null && deputy.boundTo(from)) {
            return deputy;
        }
        StreamEnd stub = stubs.end(streamId);
        return stub != null && stub.boundTo(from) ? stub : null;
    }

    private SocketOptions openOptions() {
        byte[] bytes = new byte[limited(open.optionsLength())];
        open.getOptions(bytes, 0, bytes.length);
        return SocketOptions.decode(bytes);
    }

    private static int limited(int optionBytes) {
        if (optionBytes < 0 || optionBytes > FrameLimits.MAX_OPTIONS_BYTES) {
            throw new MalformedFrameException(optionBytes + " bytes of socket options");
        }
        return optionBytes;
    }

    private static InetSocketAddress address(AddressDecoder in) {
        byte[] ip = new byte[in.family() == 4 ? 4 : 16];
        for (int i = 0; i < ip.length; i++) {
            ip[i] = (byte) in.ip(i);
        }
        try {
            InetAddress address = ip.length == 16 && in.scope() != 0
                    ? Inet6Address.getByAddress(null, ip, (int) in.scope())
                    : InetAddress.getByAddress(ip);
            return new InetSocketAddress(address, in.port());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}

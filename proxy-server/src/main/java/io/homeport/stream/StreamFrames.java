package io.homeport.stream;

import io.homeport.link.FrameBuffers;
import io.homeport.socket.SocketOptions;
import io.homeport.wire.Frames;
import io.homeport.wire.link.AckEncoder;
import io.homeport.wire.link.AddressEncoder;
import io.homeport.wire.link.AttachEncoder;
import io.homeport.wire.link.AttachRefusal;
import io.homeport.wire.link.AttachRefusedEncoder;
import io.homeport.wire.link.AttachedEncoder;
import io.homeport.wire.link.EndEncoder;
import io.homeport.wire.link.EndKind;
import io.homeport.wire.link.MessageHeaderEncoder;
import io.homeport.wire.link.OpenEncoder;
import io.homeport.wire.link.OptionsEncoder;
import io.homeport.wire.link.ReleasedEncoder;
import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes the frames of the STREAM lane. Flyweights are reused: data loop only. Whoever gets a frame sends it or releases it. */
final class StreamFrames {
    private static final int SMALL_BYTES = 64;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AttachEncoder attach = new AttachEncoder();
    private final AttachedEncoder attached = new AttachedEncoder();
    private final AttachRefusedEncoder refused = new AttachRefusedEncoder();
    private final AckEncoder ack = new AckEncoder();
    private final EndEncoder end = new EndEncoder();
    private final OpenEncoder open = new OpenEncoder();
    private final OptionsEncoder options = new OptionsEncoder();
    private final ReleasedEncoder released = new ReleasedEncoder();

    /** An empty Data frame: bytes may be read to {@link #payloadAddress}. */
    static ByteBuf emptyData(int maxPayloadBytes) {
        return FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + maxPayloadBytes);
    }

    static long payloadAddress(ByteBuf frame) {
        return frame.memoryAddress() + frame.readerIndex() + Frames.PAYLOAD_OFFSET;
    }

    /** Finishes a Data frame whose payload is in place. */
    ByteBuf data(ByteBuf frame, long streamId, long offset, boolean urgent, int payloadBytes) {
        FrameBuffers.viewWritable(view, frame);
        Frames.data(view, 0, streamId, offset, urgent ? Frames.URGENT : 0, payloadBytes);
        return frame.writerIndex(frame.readerIndex() + Frames.PAYLOAD_OFFSET + payloadBytes);
    }

    ByteBuf attach(long streamId, long received, long creditLimit, int epoch) {
        ByteBuf frame = begin(SMALL_BYTES);
        attach.wrapAndApplyHeader(view, 0, header).streamId(streamId).receivedOffset(received).creditLimit(creditLimit).epoch(epoch);
        return finish(frame, attach.encodedLength());
    }

    ByteBuf attached(long streamId, long received, long creditLimit, int epoch) {
        ByteBuf frame = begin(SMALL_BYTES);
        attached.wrapAndApplyHeader(view, 0, header).streamId(streamId).receivedOffset(received).creditLimit(creditLimit).epoch(epoch);
        return finish(frame, attached.encodedLength());
    }

    ByteBuf refused(long streamId, AttachRefusal reason) {
        ByteBuf frame = begin(SMALL_BYTES);
        refused.wrapAndApplyHeader(view, 0, header).streamId(streamId).reason(reason);
        return finish(frame, refused.encodedLength());
    }

    ByteBuf ack(long streamId, long received, long creditLimit) {
        ByteBuf frame = begin(SMALL_BYTES);
        ack.wrapAndApplyHeader(view, 0, header).streamId(streamId).receivedOffset(received).creditLimit(creditLimit);
        return finish(frame, ack.encodedLength());
    }

    ByteBuf end(long streamId, long offset, byte mark, int errno) {
        ByteBuf frame = begin(SMALL_BYTES);
        EndKind kind = mark == Mark.EOF ? EndKind.EOF : mark == Mark.CLOSED ? EndKind.CLOSED : errno == 0 ? EndKind.RESET : EndKind.ERROR;
        end.wrapAndApplyHeader(view, 0, header).streamId(streamId).streamOffset(offset).errno(errno).kind(kind);
        return finish(frame, end.encodedLength());
    }

    ByteBuf open(long listenerId, long streamId, InetSocketAddress local, InetSocketAddress remote, SocketOptions of) {
        byte[] encoded = of.encode();
        ByteBuf frame = begin(2 * SMALL_BYTES + SMALL_BYTES + encoded.length);
        open.wrapAndApplyHeader(view, 0, header).listenerId(listenerId).streamId(streamId);
        put(open.local(), local);
        put(open.remote(), remote);
        open.putOptions(encoded, 0, encoded.length);
        return finish(frame, open.encodedLength());
    }

    ByteBuf options(long streamId, SocketOptions changed) {
        byte[] encoded = changed.encode();
        ByteBuf frame = begin(SMALL_BYTES + encoded.length);
        options.wrapAndApplyHeader(view, 0, header).streamId(streamId).putOptions(encoded, 0, encoded.length);
        return finish(frame, options.encodedLength());
    }

    ByteBuf released(long streamId) {
        ByteBuf frame = begin(SMALL_BYTES);
        released.wrapAndApplyHeader(view, 0, header).streamId(streamId);
        return finish(frame, released.encodedLength());
    }

    private ByteBuf begin(int maxBytes) {
        ByteBuf frame = FrameBuffers.allocate(maxBytes);
        FrameBuffers.viewWritable(view, frame);
        return frame;
    }

    private static ByteBuf finish(ByteBuf frame, int bodyBytes) {
        return frame.writerIndex(frame.readerIndex() + Frames.HEADER_BYTES + bodyBytes);
    }

    private static void put(AddressEncoder out, InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        for (int i = 0; i < AddressEncoder.ipLength(); i++) {
            out.ip(i, (short) (i < ip.length ? ip[i] & 0xff : 0));
        }
        out.scope(address.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0);
        out.port(address.getPort());
        out.family((short) (ip.length == 4 ? 4 : 6));
        out.padding((short) 0);
    }
}

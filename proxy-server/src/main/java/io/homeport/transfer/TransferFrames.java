package io.homeport.transfer;

import io.homeport.link.FrameBuffers;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.link.FileAckEncoder;
import io.homeport.wire.link.FileEndEncoder;
import io.homeport.wire.link.FileOpenEncoder;
import io.homeport.wire.link.MessageHeaderEncoder;
import io.homeport.wire.link.TransferEndEncoder;
import io.homeport.wire.link.TransferOpenEncoder;
import io.homeport.wire.link.TransferResultEncoder;
import io.homeport.wire.link.TransferStatus;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** The frames of a transfer, all but FileData. A few per file: written for clarity. Pure. */
final class TransferFrames {
    private static final int FIXED_BYTES = 64;

    private TransferFrames() {}

    static ByteBuf open(long transferId, long expectedBytes) {
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        ByteBuf frame = allocate(view, 0);
        TransferOpenEncoder out = new TransferOpenEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.transferId(transferId).expectedBytes(expectedBytes);
        return finish(frame, out.encodedLength());
    }

    static ByteBuf fileOpen(long transferId, String path, int mode) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        ByteBuf frame = allocate(view, name.length);
        FileOpenEncoder out = new FileOpenEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.transferId(transferId).mode(mode).putPath(name, 0, name.length);
        return finish(frame, out.encodedLength());
    }

    static ByteBuf fileEnd(long transferId, long sizeBytes, int crc32c) {
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        ByteBuf frame = allocate(view, 0);
        FileEndEncoder out = new FileEndEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.transferId(transferId).fileSize(sizeBytes).crc32c(Integer.toUnsignedLong(crc32c));
        return finish(frame, out.encodedLength());
    }

    static ByteBuf end(long transferId, long totalBytes, int fileCount) {
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        ByteBuf frame = allocate(view, 0);
        TransferEndEncoder out = new TransferEndEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        return finish(frame, out.transferId(transferId).totalBytes(totalBytes).fileCount(fileCount).encodedLength());
    }

    static ByteBuf ack(long transferId, long receivedBytes, long creditLimit) {
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        ByteBuf frame = allocate(view, 0);
        FileAckEncoder out = new FileAckEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.transferId(transferId).receivedBytes(receivedBytes).creditLimit(creditLimit);
        return finish(frame, out.encodedLength());
    }

    static ByteBuf result(long transferId, TransferStatus status, String reason) {
        byte[] encoded = reason.getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(encoded, Math.min(encoded.length, FrameLimits.MAX_REASON_BYTES));
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        ByteBuf frame = allocate(view, text.length);
        TransferResultEncoder out = new TransferResultEncoder().wrapAndApplyHeader(view, 0, new MessageHeaderEncoder());
        out.transferId(transferId).status(status).putReason(text, 0, text.length);
        return finish(frame, out.encodedLength());
    }

    private static ByteBuf allocate(UnsafeBuffer view, int textBytes) {
        ByteBuf frame = FrameBuffers.allocate(FIXED_BYTES + textBytes);
        FrameBuffers.viewWritable(view, frame);
        return frame;
    }

    private static ByteBuf finish(ByteBuf frame, int encodedBytes) {
        return frame.writerIndex(frame.readerIndex() + Frames.HEADER_BYTES + encodedBytes);
    }
}

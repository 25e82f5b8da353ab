package io.homeport.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.files.DirectoryTree;
import io.homeport.hostile.Cost;
import io.homeport.hostile.Pieces;
import io.homeport.link.FrameBuffers;
import io.homeport.link.QuietPeer;
import io.homeport.link.TrafficClass;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.TransferStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/** The frames of an image as a certified node that has gone mad may send them: nothing appears outside of the transfer's own directory. */
class TransfersFuzzTest {
    private static final long ID = 7;
    /** One and the same: transfers end with their own peer's lane. */
    private static final QuietPeer ALPHA = new QuietPeer("alpha");

    private static Path root;
    private static Path spool;

    static Stream<byte[]> shouldStoreInsideOrRefuse() throws Exception {
        CRC32C checksum = new CRC32C();
        checksum.update("abcd".getBytes(StandardCharsets.US_ASCII));
        byte[] data = bytes(data("abcd"));
        byte[] end = bytes(TransferFrames.fileEnd(ID, 4, (int) checksum.getValue()));
        return Stream.of(
                Pieces.join(bytes(TransferFrames.open(ID, 4)), bytes(TransferFrames.fileOpen(ID, "images/a", 0600)), data, end, bytes(TransferFrames.end(ID, 4, 1))),
                Pieces.join(bytes(TransferFrames.open(ID, 8)), bytes(TransferFrames.fileOpen(ID, "../a", 0600)), data, end),
                Pieces.join(bytes(TransferFrames.open(ID, 4)), bytes(TransferFrames.result(ID, TransferStatus.ABORTED, "full"))),
                Pieces.join(bytes(TransferFrames.ack(ID, 0, 1 << 20)), bytes(TransferFrames.result(ID, TransferStatus.CHECKSUM, "file a"))));
    }

    @BeforeAll
    static void open() throws IOException {
        root = Files.createTempDirectory(Path.of("/dev/shm"), "homeport-fuzz");
        spool = Files.createDirectory(root.resolve("spool"));
        root.toFile().deleteOnExit();
        spool.toFile().deleteOnExit();
    }

    @MethodSource
    @FuzzTest
    void shouldStoreInsideOrRefuse(byte[] input) throws IOException {
        List<Runnable> tasks = new ArrayList<>();
        Transfers transfers = new Transfers(spool, tasks::add, () -> { });
        Cost.bounded(input.length, () -> {
            for (byte[] piece : Pieces.split(input)) {
                if (piece.length >= Frames.HEADER_BYTES && !served(transfers, piece)) {
                    break;
                }
            }
            transfers.down(ALPHA, TrafficClass.BULK, "the fuzz test is through");
            tasks.forEach(Runnable::run);
        });
        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all.filter(path -> !path.startsWith(transfers.directory(ID)) && !path.equals(root) && !path.equals(spool))).isEmpty();
        }
        DirectoryTree.delete(transfers.directory(ID));
    }

    private static boolean served(Transfers transfers, byte[] piece) {
        ByteBuf frame = FrameBuffers.allocate(piece.length);
        frame.writeBytes(piece);
        try {
            transfers.frame(ALPHA, frame);
            return true;
        } catch (MalformedFrameException refused) {
            return false;
        } finally {
            frame.release();
        }
    }

    private static ByteBuf data(String payload) {
        ByteBuf frame = FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + payload.length());
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewWritable(view, frame);
        Frames.fileData(view, 0, ID, 0, payload.length());
        view.putStringWithoutLengthAscii(Frames.PAYLOAD_OFFSET, payload);
        return frame.writerIndex(frame.readerIndex() + Frames.PAYLOAD_OFFSET + payload.length());
    }

    private static byte[] bytes(ByteBuf frame) {
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        return bytes;
    }
}

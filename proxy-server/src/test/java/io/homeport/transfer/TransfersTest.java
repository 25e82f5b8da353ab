package io.homeport.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.homeport.link.FrameBuffers;
import io.homeport.link.LinkPolicy;
import io.homeport.link.Links;
import io.homeport.link.QuietPeer;
import io.homeport.link.TestCluster;
import io.homeport.link.TrafficClass;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TransfersTest {
    @TempDir
    Path directory;

    private TestCluster cluster;
    private Links alpha;
    private Links beta;
    private Transfers atAlpha;
    private Transfers atBeta;
    private Path spool;

    @BeforeEach
    void open() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta");
        spool = directory.resolve("spool-beta");
        Files.createDirectories(spool.resolve("0000000000000009/sub"));
        Files.createFile(spool.resolve("0000000000000009.part"));
        atAlpha = new Transfers(directory.resolve("spool-alpha"));
        atBeta = new Transfers(spool);
        atBeta.sweep();
        alpha = cluster.links("alpha");
        beta = cluster.links("beta");
        alpha.register(TrafficClass.BULK, atAlpha);
        beta.register(TrafficClass.BULK, atBeta);
        alpha.start();
        beta.start();
        await().until(() -> alpha.peer("beta").up(TrafficClass.BULK) && beta.peer("alpha").up(TrafficClass.BULK));
    }

    @AfterEach
    void close() throws Exception {
        atAlpha.close();
        atBeta.close();
        cluster.close();
    }

    @Test
    void shouldCarryFilesOfAllSizesWithTheirModes() throws Exception {
        Path images = images(3_000_000, 0, 1, 262_144, 262_145, 5);
        Files.createDirectories(images.resolve("sub/deeper"));
        Files.writeString(images.resolve("sub/deeper/file"), "text");
        Files.setPosixFilePermissions(images.resolve("sub/deeper/file"), PosixFilePermissions.fromString("r-xr-----"));
        List<Long> progress = new ArrayList<>();

        atAlpha.send(alpha.peer("beta"), 7, images, (stored, total) -> progress.add(stored * 1000 / total));

        Path arrived = atBeta.directory(7);
        assertSame(images, arrived);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(arrived.resolve("sub/deeper/file")))).isEqualTo("r-xr-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(arrived))).isEqualTo("rwx------");
        assertThat(progress).isSorted().last().isEqualTo(1000L);
        atBeta.delete(7);
        assertThat(spool).isEmptyDirectory(); // what an earlier life had left has gone, too
    }

    @Test
    void shouldCarryManySmallFilesAndSeveralTransfersAtOnce() throws Exception {
        Path many = directory.resolve("many");
        Files.createDirectory(many);
        for (int i = 0; i < 4_200; i++) {
            Files.write(many.resolve("f" + i), new byte[] {(byte) i});
        }
        Path large = images(2_000_000, 100);
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> send(atAlpha, alpha, "beta", 1, many));
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> send(atAlpha, alpha, "beta", 2, large));
        CompletableFuture<Void> back = CompletableFuture.runAsync(() -> send(atBeta, beta, "alpha", 2, large));
        CompletableFuture.allOf(first, second, back).join();
        assertSame(many, atBeta.directory(1));
        assertSame(large, atBeta.directory(2));
        assertSame(large, atAlpha.directory(2));
    }

    @Test
    void shouldSendFilesBeforeTheOthersAndTellTheReceiver() throws Exception {
        Path images = images(3_000_000, 100);
        List<String> heard = new CopyOnWriteArrayList<>();
        atBeta.onFile((node, transferId, name, file) -> heard.add(node + " " + transferId + " " + name + " " + size(file)));
        try (Shipment shipment = atAlpha.begin(alpha.peer("beta"), LinkPolicy.LOADBALANCE, 8, images, 1_000)) {
            shipment.send(images.resolve("pages-0.img"));
            shipment.catchUp();
            assertThat(spool.resolve("0000000000000008.part")).isEmptyFile();
            assertThat(spool.resolve("0000000000000008/pages-0.img")).hasSize(3_000_000);
            assertThat(spool.resolve("0000000000000008/pages-1.img")).doesNotExist();
            Files.writeString(images.resolve("late"), "text");
            shipment.send(images.resolve("late"));
            shipment.catchUp();
            await().untilAsserted(() -> assertThat(heard).containsExactly("alpha 8 pages-0.img 3000000", "alpha 8 late 4"));
            shipment.finish(Progress.NONE);
        }
        assertThat(spool.resolve("0000000000000008.part")).doesNotExist();
        assertSame(images, atBeta.directory(8));
        assertThat(list(atBeta.directory(8))).hasSize(3);
        assertThat(heard).hasSize(3);
    }

    @Test
    void shouldLeaveNothingBehindWhenItIsGivenUp() throws Exception {
        Path images = images(3_000_000);
        Shipment shipment = atAlpha.begin(alpha.peer("beta"), LinkPolicy.LOADBALANCE, 9, images, 1_000);
        shipment.send(images.resolve("pages-0.img"));
        await().until(() -> list(spool).stream().anyMatch(path -> path.endsWith("0000000000000009.part")));
        shipment.close();
        await().untilAsserted(() -> assertThat(spool).isEmptyDirectory());
        assertThatThrownBy(() -> shipment.finish(Progress.NONE)).hasMessageContaining("given up here");
        assertThatThrownBy(shipment::catchUp).hasMessageContaining("given up here");
    }

    @Test
    void shouldTakeNoMoreThanIsAllowed() throws Exception {
        atBeta.admitBy((node, transferId, expectedBytes) -> Optional.empty(), 1_000_000);
        Path images = images(600_000, 600_000);
        try (Shipment shipment = atAlpha.begin(alpha.peer("beta"), LinkPolicy.LOADBALANCE, 10, images, 10)) {
            assertThatThrownBy(() -> shipment.finish(Progress.NONE)).hasMessageContaining("node beta did not take it: more than 1000000 bytes");
        }
        await().untilAsserted(() -> assertThat(spool).isEmptyDirectory());
    }

    @Test
    void shouldCarryToItself() throws Exception {
        Path images = images(3_000_000);
        atAlpha.send(alpha.self(), 3, images, Progress.NONE);
        assertSame(images, atAlpha.directory(3));
    }

    @Test
    void shouldRefuseATransferThatIsThereAlready() throws Exception {
        Path images = images(1_000);
        atAlpha.send(alpha.peer("beta"), 4, images, Progress.NONE);
        assertThatThrownBy(() -> atAlpha.send(alpha.peer("beta"), 4, images, Progress.NONE))
                .hasMessageContaining("node beta did not take it: there is a transfer 0000000000000004 already");
        assertSame(images, atBeta.directory(4));
    }

    @Test
    void shouldLeaveNothingBehindWhenTheSenderGivesUp() throws Exception {
        Path images = images(30_000_000);
        assertThatThrownBy(() -> atAlpha.send(alpha.peer("beta"), 5, images, (stored, total) -> {
            if (stored > 0) {
                throw new IllegalStateException("enough");
            }
        })).hasMessage("enough");
        await().untilAsserted(() -> assertThat(spool).isEmptyDirectory());
    }

    @Test
    void shouldLeaveNothingBehindWhenTheLaneIsLost() throws Exception {
        Path images = images(30_000_000);
        assertThatThrownBy(() -> atAlpha.send(alpha.peer("beta"), 5, images, (stored, total) -> {
            if (stored > 0) {
                alpha.close();
            }
        })).isInstanceOf(IOException.class).hasMessageContaining("lost the lane to node beta");
        await().untilAsserted(() -> assertThat(spool).isEmptyDirectory());
    }

    @Test
    void shouldNoticeAFileThatChangesAndAChecksumThatDiffers() throws Exception {
        // One byte more, or other bytes, than were announced: by hand.
        Path out = directory.resolve("none");
        raw(TransferFrames.open(6, 4), TransferFrames.fileOpen(6, "a", 0600), data(6, 0, "abcd"), TransferFrames.fileEnd(6, 4, 0), TransferFrames.end(6, 4, 1));
        await().untilAsserted(() -> assertThat(spool).isEmptyDirectory());
        raw(TransferFrames.open(7, 4), TransferFrames.fileOpen(7, "a", 0600), data(7, 0, "abcde"), TransferFrames.fileEnd(7, 4, 0));
        raw(TransferFrames.open(8, 4), TransferFrames.fileOpen(8, "a", 0600), data(8, 1, "abc"));
        raw(TransferFrames.open(10, 4), TransferFrames.fileOpen(10, "a", 0600), TransferFrames.fileOpen(10, "b", 0600));
        raw(TransferFrames.open(11, 4), TransferFrames.end(11, 4, 1));
        raw(TransferFrames.open(12, Long.MAX_VALUE));
        raw(data(13, 0, "nobody's"));
        // Everything was taken up in order; this one tells when.
        atAlpha.send(alpha.peer("beta"), 14, images(10), Progress.NONE);
        await().untilAsserted(() -> assertThat(list(spool)).containsExactly(atBeta.directory(14)));
        assertThat(out).doesNotExist();
        assertThat(beta.peer("alpha").up(TrafficClass.BULK)).isTrue();
    }

    @Test
    void shouldWriteNothingOutsideOfItsDirectory() throws Exception {
        long id = 100;
        for (String name : List.of("../x", "/etc/x", "a/../../x", "", ".", "a//b", "a/", "a\0b", "..", "x".repeat(5_000))) {
            id++;
            raw(TransferFrames.open(id, 4), TransferFrames.fileOpen(id, name, 0600), data(id, 0, "abcd"));
            Path partial = Transfers.partialMark(atBeta.directory(id));
            atAlpha.send(alpha.peer("beta"), id + 1_000, images(10), Progress.NONE); // by then the one before has been looked at
            await().until(() -> !Files.exists(partial));
        }
        assertThat(list(spool)).hasSize(10).allMatch(path -> path.getFileName().toString().startsWith("00000000000004"));
        assertThat(list(directory)).noneMatch(path -> path.endsWith("x"));
    }

    @Test
    void shouldTakeOnlyWhatIsExpected() throws Exception {
        atBeta.admitBy((node, transferId, totalBytes) -> transferId == 20 && node.equals("alpha") && totalBytes <= 10
                ? Optional.empty() : Optional.of("nobody expects transfer " + transferId + " of " + totalBytes + " bytes from " + node), 10);
        Path images = images(10);
        assertThatThrownBy(() -> atAlpha.send(alpha.peer("beta"), 21, images, Progress.NONE)).hasMessageContaining("nobody expects transfer 21 of 10 bytes from alpha");
        Path large = images(11);
        assertThatThrownBy(() -> atAlpha.send(alpha.peer("beta"), 20, large, Progress.NONE)).hasMessageContaining("of 11 bytes");
        assertThat(spool).isEmptyDirectory();
        atAlpha.send(alpha.peer("beta"), 20, images, Progress.NONE);
        assertThat(list(spool)).containsExactly(atBeta.directory(20));
    }

    @Test
    void shouldTakeSoManyTransfersAtATime() throws Exception {
        Files.createDirectories(directory.resolve("spool-limit"));
        List<Runnable> tasks = new ArrayList<>();
        Transfers receiver = new Transfers(directory.resolve("spool-limit"), tasks::add, () -> {});
        QuietPeer peer = new QuietPeer("gamma");
        for (int id = 1; id <= 8; id++) {
            open(receiver, peer, id);
        }
        assertThatThrownBy(() -> open(receiver, peer, 9)).isInstanceOf(MalformedFrameException.class).hasMessage("more than 8 transfers at a time");
        open(receiver, new QuietPeer("delta"), 9);
        receiver.down(peer, TrafficClass.BULK, "the test");
        tasks.subList(0, 8).forEach(Runnable::run);
        open(receiver, peer, 10);
    }

    @Test
    void shouldNotMixInWhatAnotherNodeSendsUnderTheSameNumber() throws Exception {
        Path own = Files.createDirectories(directory.resolve("spool-mixed"));
        List<Runnable> tasks = new ArrayList<>();
        Transfers receiver = new Transfers(own, tasks::add, () -> {});
        QuietPeer sender = new QuietPeer("gamma");
        QuietPeer mad = new QuietPeer("mad");
        CRC32C checksum = new CRC32C();
        checksum.update("good".getBytes(US_ASCII));
        give(receiver, sender, TransferFrames.open(7, 4));
        give(receiver, sender, TransferFrames.fileOpen(7, "a", 0600));
        give(receiver, mad, data(7, 0, "evil"));
        give(receiver, sender, data(7, 0, "good"));
        give(receiver, mad, TransferFrames.end(7, 4, 1));
        give(receiver, sender, TransferFrames.fileEnd(7, 4, (int) checksum.getValue()));
        give(receiver, sender, TransferFrames.end(7, 4, 1));
        tasks.forEach(Runnable::run);
        assertThat(receiver.directory(7).resolve("a")).hasContent("good");
    }

    @Test
    void shouldTakeSoManyBytesInOneFrame() throws Exception {
        Path own = Files.createDirectories(directory.resolve("spool-frames"));
        for (int bytes : new int[] {FrameLimits.MAX_FILE_DATA_BYTES, FrameLimits.MAX_FILE_DATA_BYTES + 1}) {
            List<Runnable> tasks = new ArrayList<>();
            Transfers receiver = new Transfers(own, tasks::add, () -> {});
            QuietPeer sender = new QuietPeer("gamma");
            String content = "x".repeat(bytes);
            CRC32C checksum = new CRC32C();
            checksum.update(content.getBytes(US_ASCII));
            give(receiver, sender, TransferFrames.open(bytes, bytes));
            give(receiver, sender, TransferFrames.fileOpen(bytes, "a", 0600));
            give(receiver, sender, data(bytes, 0, content));
            give(receiver, sender, TransferFrames.fileEnd(bytes, bytes, (int) checksum.getValue()));
            give(receiver, sender, TransferFrames.end(bytes, bytes, 1));
            tasks.forEach(Runnable::run);
            assertThat(Files.exists(receiver.directory(bytes))).as("%d bytes", bytes).isEqualTo(bytes == FrameLimits.MAX_FILE_DATA_BYTES);
        }
    }

    private static void open(Transfers receiver, QuietPeer peer, long id) {
        give(receiver, peer, TransferFrames.open(id, 4));
    }

    private static void give(Transfers receiver, QuietPeer from, ByteBuf frame) {
        try {
            receiver.frame(from, frame);
        } finally {
            frame.release();
        }
    }

    @Test
    void shouldNotQueueMoreThanItGaveCreditFor() {
        IncomingTransfer idle = new IncomingTransfer(alpha.peer("beta"), 15, spool, 1L << 30, 1L << 30, (node, id, name, file) -> {}, () -> {}); // its thread does not run
        ByteBuf frame = data(15, 0, "x".repeat(200_000));
        assertThatThrownBy(() -> {
            while (true) {
                idle.frame(frame);
            }
        }).isInstanceOf(MalformedFrameException.class).hasMessageContaining("more of transfer 000000000000000f than it has credit for");
        assertThat(frame.refCnt()).isLessThan(200);
        ByteBuf small = data(15, 0, "");
        IncomingTransfer other = new IncomingTransfer(alpha.peer("beta"), 16, spool, 1L << 30, 1L << 30, (node, id, name, file) -> {}, () -> {});
        assertThatThrownBy(() -> {
            while (true) {
                other.frame(small);
            }
        }).isInstanceOf(MalformedFrameException.class);
        assertThat(small.refCnt()).isLessThan(20_000);
        frame.release(frame.refCnt());
        small.release(small.refCnt());
    }

    private static void send(Transfers transfers, Links from, String node, long transferId, Path images) {
        try {
            transfers.send(from.peer(node), transferId, images, Progress.NONE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void raw(ByteBuf... frames) {
        for (ByteBuf frame : frames) {
            alpha.peer("beta").send(TrafficClass.BULK, frame);
        }
        alpha.peer("beta").flush(TrafficClass.BULK);
    }

    private static ByteBuf data(long transferId, long offset, String payload) {
        ByteBuf frame = FrameBuffers.allocate(Frames.PAYLOAD_OFFSET + payload.length());
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewWritable(view, frame);
        Frames.fileData(view, 0, transferId, offset, payload.length());
        view.putStringWithoutLengthAscii(Frames.PAYLOAD_OFFSET, payload);
        return frame.writerIndex(frame.readerIndex() + Frames.PAYLOAD_OFFSET + payload.length());
    }

    private Path images(int... sizes) throws IOException {
        Path images = Files.createTempDirectory(directory, "images");
        for (int i = 0; i < sizes.length; i++) {
            byte[] content = new byte[sizes[i]];
            new Random(i).nextBytes(content);
            Files.write(images.resolve("pages-" + i + ".img"), content);
        }
        return images;
    }

    private static void assertSame(Path expected, Path actual) throws IOException {
        try (Stream<Path> all = Files.walk(expected)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                assertThat(Files.mismatch(path, actual.resolve(expected.relativize(path).toString()))).as(path.toString()).isEqualTo(-1);
            }
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

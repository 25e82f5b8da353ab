package io.homeport.migration.contract;

import io.homeport.files.FileNeed;
import io.homeport.wire.FrameLimits;
import io.homeport.wire.Frames;
import io.homeport.wire.migration.MessageHeaderDecoder;
import io.homeport.wire.migration.MessageHeaderEncoder;
import io.homeport.wire.migration.OfferDecoder;
import io.homeport.wire.migration.OfferEncoder;
import io.homeport.wire.migration.OfferReplyDecoder;
import io.homeport.wire.migration.OfferReplyEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the source tells the destination before anything is touched.
 *
 * @param migrationId random id of this migration
 * @param service the service's name
 * @param javaHome the JDK it runs on
 * @param imageBytes estimated size of the images
 * @param files the files it has open or mapped
 * @param cpu CRIU's cpuinfo image of the source, empty if it could not be taken
 */
public record Offer(
        long migrationId, String service, String javaHome, long imageBytes, List<FileNeed> files, byte[] cpu) {
    /** The version of the schema since which it is so. */
    private static final int READS_AS_FORESEEN = 3;

    public byte[] encode() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64 * 1024);
        OfferEncoder offer = new OfferEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        offer.migrationId(migrationId).imageBytes(imageBytes);
        OfferEncoder.FilesEncoder group = offer.filesCount(files.size());
        for (FileNeed file : files) {
            group.next()
                    .fileSize(file.sizeBytes())
                    .mode(file.mode() & 0xFFFF_FFFFL)
                    .carried((short) (file.carried() ? 1 : 0))
                    .writable((short) (file.writable() ? 1 : 0))
                    .fingerprint(file.fingerprint())
                    .path(file.path());
        }
        offer.service(service).javaHome(javaHome).putCpu(cpu, 0, cpu.length);
        return Arrays.copyOf(buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + offer.encodedLength());
    }

    /** @throws io.homeport.wire.MalformedFrameException if these bytes are no offer */
    public static Offer decode(byte[] bytes) {
        return Frames.decoded("an Offer", () -> decode(new UnsafeBuffer(bytes)));
    }

    private static Offer decode(UnsafeBuffer bytes) {
        OfferDecoder offer = new OfferDecoder().wrapAndApplyHeader(bytes, 0, new MessageHeaderDecoder());
        List<FileNeed> files = new ArrayList<>();
        for (OfferDecoder.FilesDecoder file : offer.files()) {
            long size = file.fileSize();
            int mode = (int) file.mode();
            boolean carried = file.carried() != 0;
            boolean writable = file.writable() != 0;
            long fingerprint = file.fingerprint();
            Frames.checkField(bytes, offer.limit(), FrameLimits.MAX_PATH_BYTES, "a path");
            files.add(new FileNeed(file.path(), mode, size, writable, carried, fingerprint));
        }
        Frames.checkField(bytes, offer.limit(), FrameLimits.MAX_PATH_BYTES, "a service's name");
        String service = offer.service();
        Frames.checkField(bytes, offer.limit(), FrameLimits.MAX_PATH_BYTES, "a JDK's path");
        String javaHome = offer.javaHome();
        byte[] cpu = new byte[Frames.checkField(bytes, offer.limit(), FrameLimits.MAX_CALL_BYTES, "a CPU image")];
        offer.getCpu(cpu, 0, cpu.length);
        return new Offer(offer.migrationId(), service, javaHome, offer.imageBytes(), files, cpu);
    }

    /**
     * The destination's answer.
     *
     * @param obstacles what stands in the way
     * @param readsAsForeseen whether its record may refer to the one that goes ahead
     */
    public record Reply(List<String> obstacles, boolean readsAsForeseen) {}

    /** An answer. */
    public static byte[] encodeReply(List<String> obstacles) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
        OfferReplyEncoder reply =
                new OfferReplyEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        OfferReplyEncoder.ObstaclesEncoder group = reply.obstaclesCount(obstacles.size());
        for (String obstacle : obstacles) {
            group.next().text(obstacle);
        }
        return Arrays.copyOf(buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength());
    }

    /** @throws io.homeport.wire.MalformedFrameException if these bytes are no answer to an offer */
    public static Reply decodeReply(byte[] bytes) {
        return Frames.decoded("an OfferReply", () -> decodeReply(new UnsafeBuffer(bytes)));
    }

    private static Reply decodeReply(UnsafeBuffer bytes) {
        OfferReplyDecoder reply = new OfferReplyDecoder().wrapAndApplyHeader(bytes, 0, new MessageHeaderDecoder());
        List<String> obstacles = new ArrayList<>();
        for (OfferReplyDecoder.ObstaclesDecoder obstacle : reply.obstacles()) {
            Frames.checkField(bytes, reply.limit(), FrameLimits.MAX_CALL_BYTES, "an obstacle");
            obstacles.add(obstacle.text());
        }
        return new Reply(obstacles, reply.actingVersion() >= READS_AS_FORESEEN);
    }
}

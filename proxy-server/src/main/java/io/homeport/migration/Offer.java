package io.homeport.migration;

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
record Offer(
        long migrationId, String service, String javaHome, long imageBytes, List<FileWanted> files, byte[] cpu) {

    /**
     * A file that the process needs.
     *
     * @param path as the process sees it
     * @param size in bytes, -1 if any will do
     * @param mode type and permission bits
     * @param carried whether it travels along
     */
    record FileWanted(String path, long size, int mode, boolean carried) {}

    byte[] encode() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64 * 1024);
        OfferEncoder offer = new OfferEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        offer.migrationId(migrationId).imageBytes(imageBytes);
        OfferEncoder.FilesEncoder group = offer.filesCount(files.size());
        for (FileWanted file : files) {
            group.next()
                    .fileSize(file.size())
                    .mode(file.mode() & 0xFFFF_FFFFL)
                    .carried((short) (file.carried() ? 1 : 0))
                    .path(file.path());
        }
        offer.service(service).javaHome(javaHome).putCpu(cpu, 0, cpu.length);
        return Arrays.copyOf(buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + offer.encodedLength());
    }

    static Offer decode(byte[] bytes) {
        OfferDecoder offer =
                new OfferDecoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder());
        List<FileWanted> files = new ArrayList<>();
        for (OfferDecoder.FilesDecoder file : offer.files()) {
            long size = file.fileSize();
            int mode = (int) file.mode();
            boolean carried = file.carried() != 0;
            files.add(new FileWanted(file.path(), size, mode, carried));
        }
        String service = offer.service();
        String javaHome = offer.javaHome();
        byte[] cpu = new byte[offer.cpuLength()];
        offer.getCpu(cpu, 0, cpu.length);
        return new Offer(offer.migrationId(), service, javaHome, offer.imageBytes(), files, cpu);
    }

    /** The destination's answer. */
    static byte[] encodeReply(List<String> obstacles) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
        OfferReplyEncoder reply =
                new OfferReplyEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        OfferReplyEncoder.ObstaclesEncoder group = reply.obstaclesCount(obstacles.size());
        for (String obstacle : obstacles) {
            group.next().text(obstacle);
        }
        return Arrays.copyOf(buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength());
    }

    static List<String> decodeReply(byte[] bytes) {
        OfferReplyDecoder reply =
                new OfferReplyDecoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder());
        List<String> obstacles = new ArrayList<>();
        for (OfferReplyDecoder.ObstaclesDecoder obstacle : reply.obstacles()) {
            obstacles.add(obstacle.text());
        }
        return obstacles;
    }
}

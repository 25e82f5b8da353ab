package io.homeport.migration.contract;

import io.homeport.wire.Frames;
import io.homeport.wire.migration.AbortDecoder;
import io.homeport.wire.migration.AbortEncoder;
import io.homeport.wire.migration.AbortedEncoder;
import io.homeport.wire.migration.CommitDecoder;
import io.homeport.wire.migration.CommitEncoder;
import io.homeport.wire.migration.CommittedEncoder;
import io.homeport.wire.migration.InquiryDecoder;
import io.homeport.wire.migration.InquiryEncoder;
import io.homeport.wire.migration.InquiryReplyDecoder;
import io.homeport.wire.migration.InquiryReplyEncoder;
import io.homeport.wire.migration.MessageHeaderDecoder;
import io.homeport.wire.migration.MessageHeaderEncoder;
import io.homeport.wire.migration.OfferEncoder;
import io.homeport.wire.migration.ReadyDecoder;
import io.homeport.wire.migration.ReadyEncoder;
import io.homeport.wire.migration.RestoreDecoder;
import io.homeport.wire.migration.RestoreEncoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** The short messages of the migration service; the number of a method is the template id of its request. Pure. */
public final class Messages {
    public static final short OFFER = OfferEncoder.TEMPLATE_ID;
    public static final short RESTORE = RestoreEncoder.TEMPLATE_ID;
    public static final short COMMIT = CommitEncoder.TEMPLATE_ID;
    public static final short ABORT = AbortEncoder.TEMPLATE_ID;
    /** The only one that the destination asks. */
    public static final short INQUIRY = InquiryEncoder.TEMPLATE_ID;

    private static final int MOST_WAITING = 50_000;

    private Messages() {}

    public static byte[] restore(long migrationId) {
        byte[] bytes = room(RestoreEncoder.BLOCK_LENGTH);
        new RestoreEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .migrationId(migrationId);
        return bytes;
    }

    public static long restoreId(byte[] bytes) {
        return Frames.decoded("a request", () -> new RestoreDecoder()
                .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder())
                .migrationId());
    }

    /** @param waiting streams that are to go first: of many, so many as fit */
    public static byte[] commit(long migrationId, List<Long> waiting) {
        int count = Math.min(waiting.size(), MOST_WAITING);
        byte[] bytes = room(CommitEncoder.BLOCK_LENGTH + CommitEncoder.WaitingEncoder.HEADER_SIZE
                + count * CommitEncoder.WaitingEncoder.sbeBlockLength());
        CommitEncoder.WaitingEncoder group = new CommitEncoder()
                .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .migrationId(migrationId)
                .waitingCount(count);
        waiting.subList(0, count).forEach(id -> group.next().streamId(id));
        return bytes;
    }

    public static long commitId(byte[] bytes) {
        return Frames.decoded("a request", () -> new CommitDecoder()
                .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder())
                .migrationId());
    }

    /** The streams that are to go first, of a commit. */
    public static List<Long> waiting(byte[] commit) {
        return Frames.decoded("a request", () -> {
            List<Long> waiting = new ArrayList<>();
            new CommitDecoder()
                    .wrapAndApplyHeader(new UnsafeBuffer(commit), 0, new MessageHeaderDecoder())
                    .waiting()
                    .forEach(one -> waiting.add(one.streamId()));
            return waiting;
        });
    }

    public static byte[] committed(long migrationId) {
        byte[] bytes = room(CommittedEncoder.BLOCK_LENGTH);
        new CommittedEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .migrationId(migrationId);
        return bytes;
    }

    public static byte[] abort(long migrationId) {
        byte[] bytes = room(AbortEncoder.BLOCK_LENGTH);
        new AbortEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .migrationId(migrationId);
        return bytes;
    }

    public static long abortId(byte[] bytes) {
        return Frames.decoded("a request", () -> new AbortDecoder()
                .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder())
                .migrationId());
    }

    public static byte[] aborted(long migrationId) {
        byte[] bytes = room(AbortedEncoder.BLOCK_LENGTH);
        new AbortedEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .migrationId(migrationId);
        return bytes;
    }

    public static byte[] inquiry(long migrationId) {
        byte[] bytes = room(InquiryEncoder.BLOCK_LENGTH);
        new InquiryEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .migrationId(migrationId);
        return bytes;
    }

    public static long inquiryId(byte[] bytes) {
        return Frames.decoded("a request", () -> new InquiryDecoder()
                .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder())
                .migrationId());
    }

    public static byte[] inquiryReply(boolean open) {
        byte[] bytes = room(InquiryReplyEncoder.BLOCK_LENGTH);
        new InquiryReplyEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .open((short) (open ? 1 : 0));
        return bytes;
    }

    public static boolean isOpen(byte[] inquiryReply) {
        return Frames.decoded("an InquiryReply", () -> new InquiryReplyDecoder()
                .wrapAndApplyHeader(new UnsafeBuffer(inquiryReply), 0, new MessageHeaderDecoder())
                .open() == 1);
    }

    public static byte[] ready(Ready ready) {
        byte[] bytes = room(ReadyEncoder.BLOCK_LENGTH);
        new ReadyEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
                .pid(ready.pid())
                .restoreMs(ready.restoreMs())
                .shadowMs(ready.shadowMs());
        return bytes;
    }

    public static Ready ready(byte[] bytes) {
        return Frames.decoded("a Ready", () -> decodeReady(bytes));
    }

    private static Ready decodeReady(byte[] bytes) {
        ReadyDecoder ready =
                new ReadyDecoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder());
        return new Ready(ready.pid(), (int) ready.restoreMs(), (int) ready.shadowMs());
    }

    private static byte[] room(int blockLength) {
        return new byte[MessageHeaderEncoder.ENCODED_LENGTH + blockLength];
    }
}

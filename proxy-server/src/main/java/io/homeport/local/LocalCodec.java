package io.homeport.local;

import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.local.FailedDecoder;
import io.homeport.wire.local.FailedEncoder;
import io.homeport.wire.local.FailureKind;
import io.homeport.wire.local.FinishedDecoder;
import io.homeport.wire.local.FinishedEncoder;
import io.homeport.wire.local.MessageHeaderDecoder;
import io.homeport.wire.local.MessageHeaderEncoder;
import io.homeport.wire.local.MigrateDecoder;
import io.homeport.wire.local.MigrateEncoder;
import io.homeport.wire.local.ProgressDecoder;
import io.homeport.wire.local.ProgressEncoder;
import io.homeport.wire.local.PsDecoder;
import io.homeport.wire.local.PsEncoder;
import io.homeport.wire.local.StatusDecoder;
import io.homeport.wire.local.StatusEncoder;
import io.homeport.wire.local.UpgradeDecoder;
import io.homeport.wire.local.UpgradeEncoder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** {@link LocalMessage} to SBE bytes and back. Pure; any thread. */
final class LocalCodec {
    private static final int LENGTH_BYTES = 4;

    private LocalCodec() {}

    /** The message's bytes, without the length that precedes them on the wire. */
    static byte[] encode(LocalMessage message) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        MessageHeaderEncoder header = new MessageHeaderEncoder();
        int length = MessageHeaderEncoder.ENCODED_LENGTH + encode(message, buffer, header);
        return Arrays.copyOf(buffer.byteArray(), length);
    }

    private static int encode(LocalMessage message, ExpandableArrayBuffer buffer, MessageHeaderEncoder header) {
        if (message instanceof LocalMessage.Status) {
            return new StatusEncoder().wrapAndApplyHeader(buffer, 0, header).encodedLength();
        }
        if (message instanceof LocalMessage.Ps) {
            return new PsEncoder().wrapAndApplyHeader(buffer, 0, header).encodedLength();
        }
        if (message instanceof LocalMessage.Upgrade) {
            return new UpgradeEncoder().wrapAndApplyHeader(buffer, 0, header).encodedLength();
        }
        if (message instanceof LocalMessage.Migrate migrate) {
            MigrateEncoder encoder = new MigrateEncoder().wrapAndApplyHeader(buffer, 0, header);
            encoder.flags().clear().dryRun(migrate.dryRun());
            return encoder.target(migrate.target())
                    .destination(migrate.destination())
                    .options(migrate.options())
                    .encodedLength();
        }
        if (message instanceof LocalMessage.Progress progress) {
            return new ProgressEncoder()
                    .wrapAndApplyHeader(buffer, 0, header)
                    .bytesDone(progress.bytesDone())
                    .bytesTotal(progress.bytesTotal())
                    .step(progress.step())
                    .text(progress.text())
                    .encodedLength();
        }
        if (message instanceof LocalMessage.Finished finished) {
            return new FinishedEncoder().wrapAndApplyHeader(buffer, 0, header).json(finished.json()).encodedLength();
        }
        LocalMessage.Failed failed = (LocalMessage.Failed) message;
        return new FailedEncoder()
                .wrapAndApplyHeader(buffer, 0, header)
                .kind(FailureKind.get((short) failed.kind().ordinal()))
                .text(failed.text())
                .encodedLength();
    }

    /** @throws MalformedFrameException if these bytes are no message of the local schema */
    static LocalMessage decode(byte[] bytes) {
        UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        try {
            return decode(buffer);
        } catch (IndexOutOfBoundsException short_) {
            throw new MalformedFrameException("a message that ends too early: " + bytes.length + " bytes");
        }
    }

    private static LocalMessage decode(UnsafeBuffer buffer) {
        MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, 0);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            throw new MalformedFrameException("schema " + header.schemaId() + ", not " + MessageHeaderDecoder.SCHEMA_ID);
        }
        int at = MessageHeaderDecoder.ENCODED_LENGTH;
        int block = header.blockLength();
        int version = header.version();
        switch (header.templateId()) {
            case StatusDecoder.TEMPLATE_ID:
                return new LocalMessage.Status();
            case PsDecoder.TEMPLATE_ID:
                return new LocalMessage.Ps();
            case UpgradeDecoder.TEMPLATE_ID:
                return new LocalMessage.Upgrade();
            case MigrateDecoder.TEMPLATE_ID:
                return migrate(buffer, new MigrateDecoder().wrap(buffer, at, block, version));
            case ProgressDecoder.TEMPLATE_ID:
                return progress(buffer, new ProgressDecoder().wrap(buffer, at, block, version));
            case FinishedDecoder.TEMPLATE_ID:
                FinishedDecoder finished = new FinishedDecoder().wrap(buffer, at, block, version);
                checkText(buffer, finished.limit());
                return new LocalMessage.Finished(finished.json());
            case FailedDecoder.TEMPLATE_ID:
                return failed(buffer, new FailedDecoder().wrap(buffer, at, block, version));
            default:
                throw new MalformedFrameException("an unknown message, template " + header.templateId());
        }
    }

    private static LocalMessage migrate(DirectBuffer buffer, MigrateDecoder decoder) {
        boolean dryRun = decoder.flags().dryRun();
        checkText(buffer, decoder.limit());
        String target = decoder.target();
        checkText(buffer, decoder.limit());
        String destination = decoder.destination();
        checkText(buffer, decoder.limit());
        return new LocalMessage.Migrate(target, destination, dryRun, decoder.options());
    }

    private static LocalMessage progress(DirectBuffer buffer, ProgressDecoder decoder) {
        long done = decoder.bytesDone();
        long total = decoder.bytesTotal();
        checkText(buffer, decoder.limit());
        String step = decoder.step();
        checkText(buffer, decoder.limit());
        return new LocalMessage.Progress(step, decoder.text(), done, total);
    }

    private static LocalMessage failed(DirectBuffer buffer, FailedDecoder decoder) {
        int kind = decoder.kindRaw();
        checkText(buffer, decoder.limit());
        boolean known = kind < Failure.UNREACHABLE.ordinal();
        return new LocalMessage.Failed(known ? Failure.values()[kind] : Failure.FAILED, decoder.text());
    }

    /** The generated decoder allocates what the length says before it looks whether so much is there: look first. */
    private static void checkText(DirectBuffer buffer, int at) {
        long length = buffer.getInt(at, MessageHeaderDecoder.BYTE_ORDER) & 0xffff_ffffL;
        if (length > buffer.capacity() - at - LENGTH_BYTES) {
            throw new MalformedFrameException("a text of " + length + " bytes in a message of " + buffer.capacity());
        }
    }
}

package io.homeport.transfer;

import io.homeport.wire.link.TransferStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/** One file that is being received. On the transfer's thread. */
final class IncomingFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** No set-user-id or sticky bit from another node: a carried file gets its own mode at its own place. */
    private static final int MODE_MASK = 0777;

    private final String name;
    private final Path path;
    private final int mode;
    private final FileChannel out;
    private final CRC32C checksum = new CRC32C();
    private long receivedBytes;

    IncomingFile(String name, Path path, int mode) throws IOException {
        this.name = name;
        this.path = path;
        this.mode = mode;
        this.out = FileChannel.open(path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), OWNERS_ONLY);
    }

    String name() {
        return name;
    }

    Path path() {
        return path;
    }

    void write(long offset, ByteBuffer bytes) throws IOException {
        if (offset != receivedBytes) {
            throw new TransferFailure(TransferStatus.REFUSED, "file " + name + ": bytes at " + offset + ", expected at " + receivedBytes);
        }
        receivedBytes += bytes.remaining();
        checksum.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** What the sender has sent, as it says. */
    void end(long sizeBytes, int crc32c) throws IOException {
        out.close();
        if (receivedBytes != sizeBytes) {
            throw new TransferFailure(TransferStatus.REFUSED, "file " + name + " ended at " + receivedBytes + " of " + sizeBytes + " bytes");
        }
        if ((int) checksum.getValue() != crc32c) {
            throw new TransferFailure(TransferStatus.CHECKSUM, "file " + name + " arrived with another checksum than it was sent with");
        }
        Files.setAttribute(path, "unix:mode", mode & MODE_MASK);
    }

    void close() {
        try {
            out.close();
        } catch (IOException e) {
            // It is about to be deleted.
        }
    }
}

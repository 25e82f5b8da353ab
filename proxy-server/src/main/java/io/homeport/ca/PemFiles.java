package io.homeport.ca;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Reads and writes PEM files whole: a reader sees the old or the new file, a private key is never readable to others. */
final class PemFiles {
    private PemFiles() {}

    /** Content of the only block of {@code file}, which must be of this type ("CERTIFICATE", ...). */
    static byte[] read(Path file, String type) throws IOException {
        try (PemReader reader = new PemReader(new StringReader(Files.readString(file, StandardCharsets.US_ASCII)))) {
            PemObject block = reader.readPemObject();
            if (block == null || !block.getType().equals(type)) {
                throw new IOException(file + " holds no " + type);
            }
            return block.getContent();
        }
    }

    static void writePublic(Path file, String type, byte[] content) throws IOException {
        write(file, type, content, "rw-r--r--");
    }

    static void writePrivate(Path file, String type, byte[] content) throws IOException {
        write(file, type, content, "rw-------");
    }

    private static void write(Path file, String type, byte[] content, String permissions) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        }
        Path directory = file.toAbsolutePath().getParent();
        // createTempFile makes it rw------- (Files.createTempFile), so the key is at no time readable to others
        Path written = Files.createTempFile(directory, ".pem", ".new");
        try {
            Files.writeString(written, text.toString(), StandardCharsets.US_ASCII);
            Files.setPosixFilePermissions(written, PosixFilePermissions.fromString(permissions));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }
}

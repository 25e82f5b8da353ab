package io.homeport.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/**
 * What stat(2) says about a file.
 *
 * @param mode type and permission bits
 * @param modifiedMs milliseconds since the epoch
 * @param inode with {@code device} the file's identity on this machine
 */
record FileFacts(int mode, int uid, int gid, long sizeBytes, long modifiedMs, long device, long inode) {
    static FileFacts of(Path file) throws IOException {
        return of(file, new LinkOption[0]);
    }

    /** Of a symbolic link itself, not of what it points to; empty if there is no such file. */
    static Optional<FileFacts> unfollowed(Path file) throws IOException {
        try {
            return Optional.of(of(file, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    boolean directory() {
        return type() == FileType.DIRECTORY;
    }

    boolean regular() {
        return type() == FileType.REGULAR;
    }

    int type() {
        return mode & FileType.MASK;
    }

    private static FileFacts of(Path file, LinkOption... options) throws IOException {
        Map<String, Object> stat = Files.readAttributes(file, "unix:mode,uid,gid,size,lastModifiedTime,dev,ino", options);
        return new FileFacts(
                (Integer) stat.get("mode"),
                (Integer) stat.get("uid"),
                (Integer) stat.get("gid"),
                (Long) stat.get("size"),
                ((FileTime) stat.get("lastModifiedTime")).toMillis(),
                (Long) stat.get("dev"),
                (Long) stat.get("ino"));
    }
}

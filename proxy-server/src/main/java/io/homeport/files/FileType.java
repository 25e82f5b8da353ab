package io.homeport.files;

/** The type bits of a mode (inode(7)). */
final class FileType {
    static final int MASK = 0170000;
    static final int FIFO = 0010000;
    static final int DIRECTORY = 0040000;
    static final int REGULAR = 0100000;
    static final int SOCKET = 0140000;

    private FileType() {}

    static String name(int mode) {
        return switch (mode & MASK) {
            case FIFO -> "named pipe";
            case DIRECTORY -> "directory";
            case REGULAR -> "regular file";
            case 0120000 -> "symbolic link";
            case 0020000 -> "character device";
            case 0060000 -> "block device";
            case SOCKET -> "socket";
            default -> "file of another type";
        };
    }
}

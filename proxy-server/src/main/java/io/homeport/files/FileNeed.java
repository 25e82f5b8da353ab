package io.homeport.files;

/**
 * A file that a process needs where it runs.
 *
 * @param path as the process sees it
 * @param mode type and permission bits, as in stat(2)
 * @param sizeBytes the size CRIU will want to find; -1 if any will do (directories, devices, files opened to append)
 * @param writable open for writing: it may grow until the freeze
 * @param carried lies in a private directory and travels along
 * @param fingerprint of the contents ({@link Fingerprint}), 0 if they are not compared
 */
public record FileNeed(String path, int mode, long sizeBytes, boolean writable, boolean carried, long fingerprint) {
    /** The type bits of {@link #mode}: S_IFMT. */
    int type() {
        return mode & FileType.MASK;
    }
}

package io.homeport.files;

import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A path by which an image refers to a file: an open descriptor, a mapping, the working or root directory.
 *
 * @param path as the process sees it
 * @param deleted has no name any more: CRIU carries it, but wants its directory to make it in again
 * @param writable some descriptor or shared mapping may write to it
 * @param append every descriptor that may write appends (O_APPEND): CRIU does not ask for the size of such files
 */
record ReferredFile(String path, boolean deleted, boolean writable, boolean append) {
    private static final String DELETED = " (deleted)";
    private static final int O_ACCMODE = 03;
    private static final int O_RDWR = 02;
    private static final int O_APPEND = 02000;

    /**
     * All of a process's, each path once. Not those of /proc, which CRIU makes anew, nor terminals, which get dummies.
     *
     * @param pid as this process numbers it
     */
    static Collection<ReferredFile> of(int pid) throws IOException {
        Map<String, ReferredFile> files = new LinkedHashMap<>();
        Path process = Path.of("/proc/" + pid);
        for (OpenFile open : FdTable.read(pid)) {
            add(files, open.target(), open.flags());
        }
        // address perms offset dev inode path (proc_pid_maps(5)); only the path may hold spaces.
        for (String line : Files.readAllLines(process.resolve("maps"))) {
            int path = line.indexOf('/');
            if (path > 0) {
                String permissions = line.split(" ", 3)[1];
                add(files, line.substring(path), permissions.contains("w") && permissions.endsWith("s") ? O_RDWR : 0);
            }
        }
        for (String link : List.of("cwd", "root", "exe")) {
            add(files, Files.readSymbolicLink(process.resolve(link)).toString(), 0);
        }
        return files.values();
    }

    private static void add(Map<String, ReferredFile> files, String target, int flags) {
        if (!target.startsWith("/") || target.startsWith("/proc/") || target.startsWith("/dev/pts/") || target.equals("/dev/tty")) {
            return;
        }
        boolean deleted = target.endsWith(DELETED);
        String path = deleted ? target.substring(0, target.length() - DELETED.length()) : target;
        boolean writable = (flags & O_ACCMODE) != 0;
        ReferredFile file = new ReferredFile(path, deleted, writable, writable && (flags & O_APPEND) != 0);
        files.merge(target, file, ReferredFile::and);
    }

    // CRIU asks for the size of a file if any reference to it is not an appending one.
    private static ReferredFile and(ReferredFile one, ReferredFile other) {
        return new ReferredFile(one.path, one.deleted, one.writable || other.writable, one.append && other.append);
    }
}

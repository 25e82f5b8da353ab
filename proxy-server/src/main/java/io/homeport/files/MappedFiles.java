package io.homeport.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who has a file mapped. */
final class MappedFiles {
    private MappedFiles() {}

    /**
     * Whether any process that this one can see maps a file; reads the maps of all of them, some milliseconds each.
     *
     * @param device st_dev
     * @param inode st_ino
     */
    static boolean mappedByAnyone(long device, long inode) throws IOException {
        // address perms offset major:minor inode path (proc_pid_maps(5)); makedev(3): 12 bits of the major, 20 of the minor.
        String wanted = String.format(" %02x:%02x %d ", device >> 8 & 0xfff, device & 0xff | device >> 12 & 0xfff00, inode);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                try {
                    if (Files.readString(process.resolve("maps")).contains(wanted)) {
                        return true;
                    }
                } catch (IOException endedOrForbidden) {
                    continue;
                }
            }
        }
        return false;
    }
}

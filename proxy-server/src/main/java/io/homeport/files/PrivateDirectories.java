package io.homeport.files;

import java.nio.file.Path;
import java.util.List;

/**
 * The directories whose contents are each node's own, so that files in them are carried along.
 *
 * @param directories absolute paths
 */
public record PrivateDirectories(List<Path> directories) {
    /** What a machine empties when it starts. */
    public static final PrivateDirectories USUAL =
            new PrivateDirectories(List.of(Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/dev/shm"), Path.of("/run")));

    public PrivateDirectories {
        directories = directories.stream().map(directory -> directory.toAbsolutePath().normalize()).toList();
    }

    /** Whether a path lies below one of them; not for the directories themselves, which every node has. */
    public boolean hold(String path) {
        Path normal = Path.of(path).normalize();
        return directories.stream().anyMatch(directory -> normal.startsWith(directory) && !normal.equals(directory));
    }
}

package io.homeport.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds and loads libhomeport.so, which stays on disk under a fixed path: a library unpacked to /tmp and deleted would be carried in every
 * checkpoint image. Looked for: the system property {@code homeport.library}; beside the jar (or, in a build tree, the folder of classes)
 * that holds this class; then {@code agent/target} in any folder above it.
 */
public final class NativeLibrary {
    /** Names the library's file, or the folder that holds it. */
    public static final String PROPERTY = "homeport.library";

    /** The daemon also looks for this name in a process's maps. */
    public static final String FILE_NAME = "libhomeport.so";

    private static Path loaded;

    private NativeLibrary() {}

    /** Loads the library once; throws UnsatisfiedLinkError that says where it was looked for. Any thread. */
    public static synchronized void load() {
        if (loaded == null) {
            Path path = find();
            System.load(path.toString());
            loaded = path;
        }
    }

    /** The file that {@link #load} takes. */
    public static Path find() {
        List<Path> candidates = candidates();
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                return real(candidate);
            }
        }
        throw new UnsatisfiedLinkError(FILE_NAME + " not found; looked for " + candidates + "; set -D" + PROPERTY);
    }

    /** Makes {@link #load} do nothing: another class has loaded the file and binds the native methods itself (the agent does so). */
    public static synchronized void adopt(Path path) {
        loaded = path;
    }

    /** The loaded file, null before {@link #load}. */
    public static synchronized Path path() {
        return loaded;
    }

    private static List<Path> candidates() {
        List<Path> candidates = new ArrayList<>();
        String property = System.getProperty(PROPERTY);
        if (property != null && !property.isEmpty()) {
            Path path = Path.of(property).toAbsolutePath();
            candidates.add(Files.isDirectory(path) ? path.resolve(FILE_NAME) : path);
            return candidates;
        }
        CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
        Path home = source == null ? null : real(Path.of(source.getLocation().getPath())).getParent();
        for (Path folder = home; folder != null; folder = folder.getParent()) {
            if (folder.equals(home)) {
                candidates.add(folder.resolve(FILE_NAME));
            }
            candidates.add(folder.resolve("agent/target").resolve(FILE_NAME));
        }
        return candidates;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath();
        }
    }
}

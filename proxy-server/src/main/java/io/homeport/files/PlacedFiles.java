package io.homeport.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Carried files that have been made at a destination. Used by one thread; ended by {@link #keep} or {@link #remove}, once.
 *
 * <p>The private directories are open to all users, so a link planted there must lead nowhere: directories are not followed
 * if they are links, and a file is made under a new name beside its place and renamed over it.
 */
public final class PlacedFiles {
    private static final String ASIDE = ".homeport-old";
    private static final String NEW = ".homeport-new";

    private final LeftBehind leftBehind;
    private final Deque<Path> made = new ArrayDeque<>();
    private final Map<Path, Path> aside = new HashMap<>();
    private final Map<Path, Path> own = new HashMap<>();

    PlacedFiles(LeftBehind leftBehind) {
        this.leftBehind = leftBehind;
    }

    /** The process runs here: files that gave way go for good. */
    public void keep() throws IOException {
        for (Path old : aside.values()) {
            Files.deleteIfExists(old);
        }
    }

    /** The process does not come: removes what was made, in reverse, and puts back what gave way. A directory in use stays. */
    public void remove() throws IOException {
        while (!made.isEmpty()) {
            Path path = made.pop();
            Path old = aside.remove(path);
            if (old != null) {
                Files.move(old, path, StandardCopyOption.ATOMIC_MOVE);
            } else if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || isEmpty(path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    /**
     * Directories that must be the restored process's alone ({@code Restore.run}), each with its model, which lies
     * among the carried files and may go when the process is restored. See {@link HotSpotFiles}.
     */
    public Map<Path, Path> ownDirectories() {
        return Map.copyOf(own);
    }

    void place(Manifest.Entry entry, Path contents) throws IOException {
        Path path = Path.of(entry.path());
        Optional<FileFacts> present = FileFacts.unfollowed(path);
        if (present.isPresent() && present.get().type() != entry.type()) {
            throw new IOException(path + " is a " + FileType.name(present.get().mode()) + " here and a "
                    + FileType.name(entry.mode()) + " there");
        }
        switch (entry.type()) {
            case FileType.DIRECTORY -> {
                if (present.isEmpty()) {
                    Files.createDirectory(path);
                    made(entry, path, path);
                }
            }
            case FileType.FIFO -> {
                if (present.isEmpty()) {
                    makeFifo(path);
                    made(entry, path, path);
                }
            }
            case FileType.REGULAR -> {
                if (HotSpotFiles.isCounters(entry.path())) {
                    placeOwn(entry, path, contents);
                } else {
                    placeRegular(entry, path, contents.resolve(entry.content()), present);
                }
            }
            case FileType.SOCKET -> {
                if (present.isPresent()) {
                    HotSpotFiles.removeDeadSocket(path);
                }
            }
            default -> throw new IOException(path + " is a " + FileType.name(entry.mode()) + ", which is not carried");
        }
    }

    private void placeRegular(Manifest.Entry entry, Path path, Path content, Optional<FileFacts> present) throws IOException {
        if (present.isPresent()) {
            if (Files.mismatch(path, content) < 0) {
                return;
            }
            if (!leftBehind.holds(path, present.get())) {
                throw new IOException(path + " exists here with other contents: move it away, then migrate again");
            }
            Path old = path.resolveSibling(path.getFileName() + ASIDE);
            Files.move(path, old, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            aside.put(path, old);
        }
        Path fresh = path.resolveSibling(path.getFileName() + NEW);
        Files.deleteIfExists(fresh);
        made.push(path);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (OutputStream out = Files.newOutputStream(fresh)) {
                Files.copy(content, out);
            }
            dress(entry, fresh);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
    }

    /** Not to its place, but to the model of a directory that the restored process's capsule will have for itself. */
    private void placeOwn(Manifest.Entry entry, Path path, Path contents) throws IOException {
        Path model = own.get(path.getParent());
        if (model == null) {
            model = Files.createTempDirectory(contents, "own");
            FileFacts facts = FileFacts.of(path.getParent());
            dress(new Manifest.Entry("", facts.mode(), facts.uid(), facts.gid(), facts.modifiedMs(), ""), model);
            own.put(path.getParent(), model);
        }
        Path fresh = model.resolve(path.getFileName());
        Files.copy(contents.resolve(entry.content()), fresh);
        dress(entry, fresh);
    }

    private void made(Manifest.Entry entry, Path path, Path at) throws IOException {
        made.push(path);
        dress(entry, at);
    }

    // Owner before permissions: chown clears the set-user-id bits (chown(2)).
    private static void dress(Manifest.Entry entry, Path file) throws IOException {
        Files.setAttribute(file, "unix:uid", entry.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", entry.gid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:mode", entry.permissions());
        if (entry.type() == FileType.FIFO) {
            return; // Java opens a file to set its times, and nobody writes into this pipe yet: open(2) would wait for ever
        }
        Files.setLastModifiedTime(file, FileTime.from(entry.modifiedMs(), TimeUnit.MILLISECONDS));
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }

    private static void makeFifo(Path path) throws IOException {
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).redirectErrorStream(true).start();
            String said = new String(mkfifo.getInputStream().readAllBytes());
            if (mkfifo.waitFor() != 0) {
                throw new IOException("cannot make the named pipe " + path + ": " + said.strip());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making " + path, interrupted);
        }
    }
}

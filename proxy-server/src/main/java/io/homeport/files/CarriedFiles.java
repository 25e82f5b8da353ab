package io.homeport.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the files of private directories along: at the source into a directory that travels with the images, at the
 * destination to the same paths, with owner, permissions and time. Blocks its caller, a migration's thread.
 */
public final class CarriedFiles {
    private final PrivateDirectories privateDirectories;
    private final LeftBehind leftBehind;

    /**
     * @param privateDirectories whose files are carried
     * @param leftBehind what moved processes have left at this node
     */
    public CarriedFiles(PrivateDirectories privateDirectories, LeftBehind leftBehind) {
        this.privateDirectories = privateDirectories;
        this.leftBehind = leftBehind;
    }

    /**
     * At the source, while the process is frozen: copies its carried files.
     *
     * @param pid as this process numbers it
     * @param directory an existing directory; gets a manifest and files named by numbers
     * @return the bytes copied
     */
    public long copyInto(int pid, Path directory) throws IOException {
        Map<String, Manifest.Entry> entries = new LinkedHashMap<>();
        long bytes = 0;
        for (ReferredFile file : ReferredFile.of(pid)) {
            if (privateDirectories.hold(file.path())) {
                addDirectories(pid, Path.of(file.path()).getParent(), entries);
                Path here = file.deleted() ? HotSpotFiles.unlinkedCounters(pid, file.path()) : FileSurvey.inside(pid, file.path());
                bytes += here == null ? 0 : add(here, file.path(), directory, entries);
            }
        }
        String attach = HotSpotFiles.attachSocket(pid);
        if (privateDirectories.hold(attach)) {
            entries.put(attach, new Manifest.Entry(attach, FileType.SOCKET, 0, 0, 0, ""));
        }
        new Manifest(List.copyOf(entries.values())).write(directory);
        return bytes;
    }

    /**
     * At the destination, before the restore: makes the files. After a failure everything is as it was.
     *
     * @param directory what {@link #copyInto} filled
     * @return what has been made, to be kept or removed
     * @throws IOException with the path, if a file of that path exists and is another one
     */
    public PlacedFiles place(Path directory) throws IOException {
        Manifest manifest = Manifest.read(directory);
        PlacedFiles placed = new PlacedFiles(leftBehind);
        try {
            for (Manifest.Entry entry : manifest.entries()) {
                if (!privateDirectories.hold(entry.path()) || !Path.of(entry.path()).normalize().toString().equals(entry.path())) {
                    throw new IOException(entry.path() + " is in no private directory of this node");
                }
                refuseLinks(Path.of(entry.path()));
                placed.place(entry, directory);
            }
            return placed;
        } catch (IOException | RuntimeException refused) {
            placed.remove();
            throw refused;
        }
    }

    /**
     * At the source, after the commit: notes what the moved process leaves here, so that it gives way should the process come
     * back.
     */
    public void leave(Path directory) throws IOException {
        leftBehind.add(Manifest.read(directory).entries().stream().map(entry -> Path.of(entry.path())).toList());
    }

    /** A list may leave out the directories above a file, or one of them may have become a link: it would lead anywhere. */
    private void refuseLinks(Path file) throws IOException {
        for (Path above = file.getParent(); above != null && privateDirectories.hold(above.toString()); above = above.getParent()) {
            if (Files.isSymbolicLink(above)) {
                throw new IOException(file + " would be made behind the link " + above + ": move the link away, then migrate again");
            }
        }
    }

    private void addDirectories(int pid, Path directory, Map<String, Manifest.Entry> entries) throws IOException {
        if (directory != null && privateDirectories.hold(directory.toString())) {
            addDirectories(pid, directory.getParent(), entries);
            add(FileSurvey.inside(pid, directory.toString()), directory.toString(), null, entries);
        }
    }

    private static long add(Path here, String path, Path directory, Map<String, Manifest.Entry> entries) throws IOException {
        try {
            FileFacts facts = FileFacts.of(here);
            if (entries.containsKey(path)) {
                return 0;
            }
            String content = facts.regular() && directory != null ? "" + entries.size() : "";
            if (!content.isEmpty()) {
                Files.copy(here, directory.resolve(content));
            } else if (!facts.directory() && facts.type() != FileType.FIFO) {
                return 0; // a device or a bound socket: CRIU or the node makes it
            }
            entries.put(path, new Manifest.Entry(path, facts.mode(), facts.uid(), facts.gid(), facts.modifiedMs(), content));
            return facts.regular() ? facts.sizeBytes() : 0;
        } catch (NoSuchFileException removed) {
            return 0; // its directory, for a deleted file whose directory is deleted, too
        }
    }
}

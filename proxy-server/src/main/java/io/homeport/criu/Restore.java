package io.homeport.criu;

import io.homeport.capsule.Capsule;
import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One run of {@code criu restore} in a fresh capsule, which is made before there are images. Used once, by one thread at a time; closed without
 * having run, it leaves nothing.
 */
public final class Restore implements AutoCloseable {
    private static final long STOP_PATIENCE_MS = 10_000;

    private final Criu criu;
    private final RestoreRequest request;
    private final Path imageDir;
    private final Path log;
    private final Command capsule;

    private Restore(Criu criu, RestoreRequest request, Command capsule) {
        this.criu = criu;
        this.request = request;
        this.imageDir = request.imageDir();
        this.log = imageDir.resolve("restore.log");
        this.capsule = capsule;
    }

    static Restore prepare(Criu criu, RestoreRequest request) throws CriuException {
        String images = request.imageDir().toAbsolutePath().toString();
        return new Restore(criu, request, Command.begin(List.of(request.capsule().toString(), "restore", images)));
    }

    /**
     * The images are there. A failed restore leaves nothing behind. Returns when CRIU has ended or its time is over.
     *
     * @param ownDirectories directories that shall be the capsule's own, each with the directory whose owner, mode and regular files it gets
     */
    public Restored run(Map<Path, Path> ownDirectories) throws CriuException {
        ImageNotes notes;
        String words;
        try {
            notes = ImageNotes.read(imageDir);
            words = words(ownDirectories, notes).stream().map(word -> word + "\0").collect(Collectors.joining());
        } catch (IOException unreadable) {
            throw new CriuException("no images in " + imageDir + ": " + unreadable.getMessage(), unreadable);
        }
        CommandRun run = capsule.end(words, request.timeout());
        Optional<Capsule> made = capsule(run.output());
        if (run.succeeded() && made.isPresent()) {
            try {
                var root = made.get().child(notes.rootPid());
                if (root.isPresent()) {
                    // CRIU sends SIGSTOP before it lets go of the threads (cr-restore.c, finalize_restore), so none of them gets back to
                    // its own code, but criu may end before each has noticed.
                    ProcessStat.awaitAllStopped(root.getAsInt(), STOP_PATIENCE_MS);
                    return new Restored(made.get().initPid(), root.getAsInt(), notes.rootPid());
                }
            } catch (IOException gone) {
                throw failure("the restored process did not stay: " + gone.getMessage(), made);
            }
        }
        throw failure(run.killed().orElseGet(() -> CriuLog.lastErrors(log, run)), made);
    }

    private List<String> words(Map<Path, Path> ownDirectories, ImageNotes notes) throws IOException {
        TreeSet<Integer> ids = ImageNotes.ids(imageDir);
        if (ids.isEmpty()) {
            throw new IOException("no core-*.img");
        }
        List<String> words = new ArrayList<>(List.of(
                "--last-pid", "" + ImageNotes.lastPidForCriu(ids),
                "--root", "" + notes.rootPid(), "--then-last-pid", "" + ids.last()));
        PagerMap map = PagerMap.of(imageDir, notes.rootPid());
        boolean paged = criu.canPage() && map.bytes() > 0;
        if (paged) {
            map.write();
            words.addAll(List.of("--pager", imageDir.toAbsolutePath().toString()));
        }
        ownDirectories.forEach((directory, model) -> words.addAll(List.of("--own", directory + "=" + model)));
        words.addAll(List.of(
                "--", criu.binary().toString(), "restore", "-D", imageDir.toAbsolutePath().toString(), "-d", "-v2",
                "-o", "restore.log", "--cpu-cap=ins", "--manage-cgroups=ignore", "--file-locks", "--skip-file-rwx-check"));
        if (notes.shellJob()) {
            words.add("--shell-job");
        }
        if (paged) {
            words.add("--lazy-pages");
        }
        return words;
    }

    /** The capsule's front prints "init PID" before anything is restored. */
    private static Optional<Capsule> capsule(String output) {
        return output.lines()
                .filter(line -> line.matches("init [0-9]+"))
                .map(line -> new Capsule(Integer.parseInt(line.substring("init ".length()))))
                .findFirst();
    }

    @Override
    public void close() {
        capsule.close();
    }

    private CriuException failure(String reason, Optional<Capsule> made) {
        boolean gone = made.map(Capsule::kill).orElse(true);
        return new CriuException("criu restore from " + imageDir + " failed: " + reason
                + (gone ? "" : "; its init " + made.get().initPid() + " does not die") + "; log: " + log);
    }
}

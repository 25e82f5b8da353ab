package io.homeport.criu;

import io.homeport.capsule.Capsule;
import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** One run of {@code criu restore} in a fresh capsule. Used once, by the thread that made it. */
final class Restore {
    private static final long STOP_PATIENCE_MS = 10_000;

    private final Criu criu;
    private final RestoreRequest request;
    private final Path log;

    Restore(Criu criu, RestoreRequest request) {
        this.criu = criu;
        this.request = request;
        this.log = request.imageDir().resolve("restore.log");
    }

    Restored run() throws CriuException {
        ImageNotes notes;
        List<String> words;
        try {
            notes = ImageNotes.read(request.imageDir());
            words = words(notes);
        } catch (IOException unreadable) {
            throw new CriuException("no images in " + request.imageDir() + ": " + unreadable.getMessage(), unreadable);
        }
        CommandRun run = CommandRun.run(words, request.timeout());
        Optional<Capsule> capsule = capsule(run.output());
        if (run.succeeded() && capsule.isPresent()) {
            try {
                var root = capsule.get().child(notes.rootPid());
                if (root.isPresent()) {
                    // CRIU sends SIGSTOP before it lets go of the threads (cr-restore.c, finalize_restore), so none of them gets back to
                    // its own code, but criu may end before each has noticed.
                    ProcessStat.awaitAllStopped(root.getAsInt(), STOP_PATIENCE_MS);
                    return new Restored(capsule.get().initPid(), root.getAsInt(), notes.rootPid());
                }
            } catch (IOException gone) {
                throw failure("the restored process did not stay: " + gone.getMessage(), capsule);
            }
        }
        throw failure(run.killed().orElseGet(() -> CriuLog.lastErrors(log, run)), capsule);
    }

    private List<String> words(ImageNotes notes) throws IOException {
        TreeSet<Integer> ids = ImageNotes.ids(request.imageDir());
        if (ids.isEmpty()) {
            throw new IOException("no core-*.img");
        }
        List<String> words = new ArrayList<>(List.of(
                request.capsule().toString(), "restore", "--last-pid", "" + ImageNotes.lastPidForCriu(ids),
                "--root", "" + notes.rootPid(), "--then-last-pid", "" + ids.last()));
        PagerMap map = PagerMap.of(request.imageDir(), notes.rootPid());
        boolean paged = criu.canPage() && map.bytes() > 0;
        if (paged) {
            map.write();
            words.addAll(List.of("--pager", request.imageDir().toAbsolutePath().toString()));
        }
        request.ownDirectories().forEach((directory, model) -> words.addAll(List.of("--own", directory + "=" + model)));
        words.addAll(List.of(
                "--", criu.binary().toString(), "restore", "-D", request.imageDir().toAbsolutePath().toString(), "-d", "-v2",
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

    private CriuException failure(String reason, Optional<Capsule> capsule) {
        boolean gone = capsule.map(Capsule::kill).orElse(true);
        return new CriuException("criu restore from " + request.imageDir() + " failed: " + reason
                + (gone ? "" : "; its init " + capsule.get().initPid() + " does not die") + "; log: " + log);
    }
}

package io.homeport.criu;

import io.homeport.capsule.Capsule;
import io.homeport.process.ProcessStatus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One run of {@code criu dump}, made ready while the process may still run: what takes CRIU's program its time is over then when the process
 * stands still. Used once, by one thread at a time; closed without having run, it has done nothing.
 */
public final class Dump implements AutoCloseable {
    private static final long RELEASE_PATIENCE_MS = 5000;

    /** What homeport-capsule dump waits for. */
    private static final String GO = "\n";

    private final Criu criu;
    private final DumpRequest request;
    private final Path log;
    private final ImageNotes notes;
    /** Waits for a word; null if the process's memory goes into the images: then it begins when it is needed. */
    private final Command ahead;

    private Dump(Criu criu, DumpRequest request) throws IOException {
        this.criu = criu;
        this.request = request;
        this.log = request.imageDir().resolve("dump.log");
        this.notes = notes();
        Files.createDirectories(request.imageDir());
        this.ahead = request.capsule() == null ? null : Command.begin(words());
    }

    static Dump prepare(Criu criu, DumpRequest request) throws CriuException {
        try {
            return new Dump(criu, request);
        } catch (IOException failed) {
            throw failure(request, failed);
        }
    }

    /** The process is stopped now, and stays so. A killed or failed dump leaves it as it was. Returns when CRIU has ended or its time is over. */
    public DumpResult run() throws CriuException {
        try {
            requireStopped();
            requireMemory();
            try (ThreadStates states = ThreadStates.save(request.pid())) {
                run(states);
            }
            assertWhole();
            notes.write(request.imageDir());
            return DumpStats.read(request.imageDir()).result(request.imageDir(), bytes());
        } catch (IOException failed) {
            throw failure(request, failed);
        }
    }

    @Override
    public void close() {
        if (ahead != null) {
            ahead.close();
        }
    }

    private static CriuException failure(DumpRequest request, IOException failed) {
        if (failed instanceof CriuException said) {
            return said;
        }
        return new CriuException("cannot dump process " + request.pid() + ": " + failed.getMessage()
                + (failed instanceof NoSuchFileException ? " is not there" : ""), failed);
    }

    // Should CRIU be killed while its own code runs there, only the threads of a stopped process can be put right.
    private void requireStopped() throws IOException {
        char state = ProcessStatus.read(request.pid()).state();
        if (state != 'T') {
            throw new CriuException("cannot dump process " + request.pid() + ": it is not stopped (state " + state + ")");
        }
    }

    private void requireMemory() throws IOException {
        if (!Capsule.awaitMemory(request.pid(), request.timeout())) {
            throw new CriuException("cannot dump process " + request.pid() + ": its memory has not come within " + request.timeout().toMillis() + " ms");
        }
    }

    private void run(ThreadStates states) throws IOException {
        CommandRun run = ahead == null ? CommandRun.run(words(), request.timeout()) : ahead.end(GO, request.timeout());
        if (!run.succeeded()) {
            String reason = run.killed().orElseGet(() -> CriuLog.lastErrors(log, run));
            throw new CriuException("criu dump of process " + request.pid() + " failed: " + reason + "; " + aftermath(states) + "; log: " + log);
        }
    }

    private ImageNotes notes() throws IOException {
        var obstacle = criu.obstacle(request.pid());
        if (obstacle.isPresent()) {
            throw new CriuException(obstacle.get());
        }
        Session session = Session.of(request.pid());
        return new ImageNotes(session.innermostPid(), session.shellJob());
    }

    // --leave-stopped, not only because the source must not run on: criu runs as a child of the capsule's PID namespace, and
    // if it killed the process, the init would end and take criu with it before it is done.
    // --lazy-pages: CRIU finds the pages, and writes none of those that somebody may fetch from it afterwards, which is nobody.
    // --ghost-limit: unlinked files travel in the images up to here (JNA's and Netty's libraries, deleted after loading).
    private List<String> words() throws IOException {
        List<String> words = new ArrayList<>();
        if (request.capsule() != null) {
            words.addAll(List.of(request.capsule().toString(), "dump", "--"));
        }
        words.addAll(criu.beside(request.pid()));
        words.addAll(List.of(
                "dump", "-t", "" + notes.rootPid(), "-D", request.imageDir().toAbsolutePath().toString(), "--leave-stopped",
                "-v2", "-o", "dump.log", "--cpu-cap=ins", "--manage-cgroups=ignore", "--file-locks", "--ghost-limit", "64M"));
        if (notes.shellJob()) {
            words.add("--shell-job");
        }
        if (request.capsule() != null) {
            words.addAll(List.of("--lazy-pages", "--ps-socket", "0"));
        }
        return words;
    }

    // Without a time namespace in the images, CLOCK_MONOTONIC jumps: sleeping threads wake a million times or never.
    private void assertWhole() throws IOException {
        try (DirectoryStream<Path> times = Files.newDirectoryStream(request.imageDir(), "timens-*.img")) {
            if (!times.iterator().hasNext()) {
                throw new CriuException("the images of process " + request.pid() + " hold no time namespace, so its clocks would"
                        + " jump: this needs a kernel with CONFIG_TIME_NS; log: " + log);
            }
        }
    }

    private long bytes() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(request.imageDir())) {
            for (Path file : files) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** A tracer that dies lets go of its tracees (ptrace(2), PTRACE_O_EXITKILL unset), but not in the same instant. */
    private String aftermath(ThreadStates states) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RELEASE_PATIENCE_MS);
        try {
            ProcessStatus status = ProcessStatus.read(request.pid());
            while ((status.tracerPid() != 0 || status.state() == 't') && System.nanoTime() < end) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                status = ProcessStatus.read(request.pid());
            }
            if (status.tracerPid() != 0) {
                return "it is still traced by process " + status.tracerPid();
            }
            states.restore();
            return "it lives, stopped";
        } catch (IOException e) {
            return Files.exists(Path.of("/proc/" + request.pid())) ? "it lives, stopped, but " + e.getMessage() : "it has ended";
        }
    }
}

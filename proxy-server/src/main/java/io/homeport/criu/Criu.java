package io.homeport.criu;

import io.homeport.capsule.Capsule;
import io.homeport.capsule.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One CRIU program. Calls block until it has ended or its time is over; a killed or failed dump leaves the process as
 * it was, a failed restore leaves nothing behind. May be used by any thread.
 *
 * @param binary an absolute path, the same in every mount namespace from which processes are dumped
 * @param version as it says itself, for example 4.2.1
 * @param canPage whether a process may run while its memory still comes: the kernel has userfaultfd(2) with all its events
 */
public record Criu(Path binary, String version, boolean canPage) {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final String HOME = "/var/lib/homeport/criu";

    /**
     * The CRIU that {@code homeport criu-install} has left, below HOMEPORT_CRIU_HOME or /var/lib/homeport/criu.
     *
     * @throws CriuException if there is none, or it does not start
     */
    public static Criu find() throws CriuException {
        String home = System.getenv().getOrDefault("HOMEPORT_CRIU_HOME", HOME);
        Path binary = Path.of(home).resolve("criu").toAbsolutePath();
        if (!Files.isExecutable(binary)) {
            throw new CriuException("no CRIU at " + binary + ": run 'homeport criu-install'");
        }
        return at(binary);
    }

    /** The CRIU at a given path. */
    public static Criu at(Path binary) throws CriuException {
        CommandRun run = CommandRun.run(List.of(binary.toString(), "--version"), SHORT);
        if (!run.succeeded()) {
            throw new CriuException(binary + " does not start: " + run.output().strip());
        }
        String version = run.output().lines()
                .filter(line -> line.startsWith("Version:"))
                .map(line -> line.substring("Version:".length()).strip())
                .findFirst()
                .orElse("unknown");
        boolean canPage = CommandRun.run(List.of(binary.toString(), "check", "--feature", "uffd-noncoop"), SHORT).succeeded();
        return new Criu(binary, version, canPage);
    }

    /**
     * {@code criu check}: asks the kernel for what CRIU needs and fills /run/criu.kdat, which makes the next runs faster. Once
     * per start of a daemon; 30 to 60 ms.
     */
    public void check() throws CriuException {
        CommandRun run = CommandRun.run(List.of(binary.toString(), "check"), SHORT);
        if (!run.succeeded()) {
            throw new CriuException("criu check fails: " + run.output().strip().replace('\n', ' '));
        }
    }

    /** Dumps a process that is stopped, and leaves it so. */
    public DumpResult dump(DumpRequest request) throws CriuException {
        try (Dump dump = prepare(request)) {
            return dump.run();
        }
    }

    /** Makes ready to dump a process that still runs. */
    public Dump prepare(DumpRequest request) throws CriuException {
        return Dump.prepare(this, request);
    }

    /** Restores a process into a fresh capsule. @param ownDirectories as {@link Restore#run} wants them */
    public Restored restore(RestoreRequest request, Map<Path, Path> ownDirectories) throws CriuException {
        try (Restore restore = prepare(request)) {
            return restore.run(ownDirectories);
        }
    }

    /** Makes a capsule for a process whose images are still to come. */
    public Restore prepare(RestoreRequest request) throws CriuException {
        return Restore.prepare(this, request);
    }

    /** What this machine's CPU can do, for {@link #cpuProblem} on another machine. */
    public byte[] cpuInfo() throws CriuException {
        return inTemporaryDirectory(directory -> {
            CommandRun run = CommandRun.run(List.of(binary.toString(), "cpuinfo", "dump", "-D", directory.toString()), SHORT);
            if (!run.succeeded()) {
                throw new CriuException("criu cpuinfo dump fails: " + run.output().strip());
            }
            return Files.readAllBytes(directory.resolve("cpuinfo.img"));
        });
    }

    /**
     * Why a process that may use every instruction of another machine's CPU cannot run here.
     *
     * @param info that machine's {@link #cpuInfo}
     * @return empty if it can
     */
    public Optional<String> cpuProblem(byte[] info) throws CriuException {
        return inTemporaryDirectory(directory -> {
            Files.write(directory.resolve("cpuinfo.img"), info);
            CommandRun run = CommandRun.run(
                    List.of(binary.toString(), "cpuinfo", "check", "-D", directory.toString(), "--cpu-cap=ins"), SHORT);
            return run.succeeded() ? Optional.empty() : Optional.of(run.output().strip().replace('\n', ' '));
        });
    }

    /**
     * Why CRIU cannot dump a process whatever its files are; told before anything is touched.
     *
     * @param pid as this process numbers it
     * @return empty if nothing stands against it
     */
    public Optional<String> obstacle(int pid) throws IOException {
        Session session = Session.of(pid);
        if (session.innermostPid() == 1) {
            return Optional.of("process " + pid + " is PID 1 of its PID namespace, a number that a capsule's init has"
                    + " everywhere: start it by 'homeport run'");
        }
        if (session.leader() == 0) {
            return Optional.of("the session leader of process " + pid + " is outside of its PID namespace: start it by setsid(1)"
                    + " or 'homeport run'");
        }
        if (Namespaces.apart(pid).contains(Namespaces.USER)) {
            return Optional.of("process " + pid + " is in a user namespace of its own");
        }
        if (!Files.isExecutable(Path.of("/proc/" + pid + "/root" + binary))) {
            return Optional.of("process " + pid + " has a root directory without " + binary + ", which has to run beside it");
        }
        return Optional.empty();
    }

    /** {@link Capsule#enterWords} and this program. */
    List<String> beside(int pid) throws IOException {
        List<String> words = Capsule.enterWords(pid);
        words.add(binary.toString());
        return words;
    }

    private interface DirectoryUse<T> {
        T with(Path directory) throws IOException;
    }

    private static <T> T inTemporaryDirectory(DirectoryUse<T> use) throws CriuException {
        try {
            Path directory = Files.createTempDirectory("homeport-criu");
            try {
                return use.with(directory);
            } finally {
                try (var files = Files.newDirectoryStream(directory)) {
                    for (Path file : files) {
                        Files.delete(file);
                    }
                }
                Files.delete(directory);
            }
        } catch (CriuException said) {
            throw said;
        } catch (IOException failed) {
            throw new CriuException("cannot use a temporary directory: " + failed.getMessage(), failed);
        }
    }
}

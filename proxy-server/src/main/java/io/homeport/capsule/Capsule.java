package io.homeport.capsule;

import io.homeport.process.ProcessStatus;
import io.homeport.process.ThreadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One running capsule, known by its init. Holds nothing open; may be used by any thread.
 *
 * @param initPid PID 1 of the capsule, as this process's PID namespace numbers it
 */
public record Capsule(int initPid) {
    private static final long KILL_PATIENCE_MS = 10_000;

    /** As it calls itself (pager.c). */
    private static final String PAGER = "homeport-pager";

    /**
     * The capsule, or any other nested PID namespace, in which a process lives.
     *
     * @param pid the process as this process numbers it
     * @return empty if the process lives in this process's own PID namespace
     * @throws IOException if there is no such process
     */
    public static Optional<Capsule> of(int pid) throws IOException {
        ProcessStatus status = ProcessStatus.read(pid);
        if (Namespaces.PID.id(pid).equals(Namespaces.PID.id(ownPid()))) {
            return Optional.empty();
        }
        // A process whose parent has ended belongs to the init of its namespace, so going up leads there.
        String namespace = Namespaces.PID.id(pid);
        while (status.innermostPid() != 1) {
            if (status.parentPid() == 0 || !Namespaces.PID.id(status.parentPid()).equals(namespace)) {
                return initOf(namespace);
            }
            status = ProcessStatus.read(status.parentPid());
        }
        return Optional.of(new Capsule(status.pid()));
    }

    /**
     * The command line that starts a service in a capsule of its own, in the foreground: its exit status is the service's,
     * SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 reach it.
     *
     * @param binary agent/target/homeport-capsule
     */
    public static List<String> runWords(Path binary, List<String> command) {
        List<String> words = new ArrayList<>(List.of(binary.toString(), "run", "--"));
        words.addAll(command);
        return words;
    }

    /**
     * The start of a command line that runs what follows where process {@code pid} lives: in each of its namespaces that is
     * not this process's own. Empty when there is none.
     */
    public static List<String> enterWords(int pid) throws IOException {
        int target = of(pid).map(Capsule::initPid).orElse(pid);
        return Namespaces.enter(target, Namespaces.apart(pid));
    }

    /** The child of the init that the capsule itself numbers {@code innermostPid}, as this process numbers it. */
    public OptionalInt child(int innermostPid) throws IOException {
        for (int pid : children()) {
            try {
                if (ProcessStatus.read(pid).innermostPid() == innermostPid) {
                    return OptionalInt.of(pid);
                }
            } catch (NoSuchFileException endedMeanwhile) {
                continue;
            }
        }
        return OptionalInt.empty();
    }

    /** The children of the init: the service's root process, and orphans of the service. */
    public List<Integer> children() throws IOException {
        return ThreadFile.children(initPid);
    }

    /** The process that still brings memory to a service that was restored without it, as this process numbers it. */
    public OptionalInt pager() throws IOException {
        for (int pid : children()) {
            if (ThreadFile.read(Path.of("/proc/" + pid + "/comm")).strip().equals(PAGER)) {
                return OptionalInt.of(pid);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Waits until all memory of the service that runs in here is there: what is missing would be zeros in a dump.
     *
     * @param pid as this process numbers it; if it lives in no capsule, there is nothing to wait for
     * @return whether it is there within {@code timeout}
     */
    public static boolean awaitMemory(int pid, Duration timeout) throws IOException {
        long endNs = System.nanoTime() + timeout.toNanos();
        Optional<Capsule> capsule = of(pid);
        while (capsule.isPresent() && capsule.get().pager().isPresent()) {
            if (System.nanoTime() > endNs) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        return true;
    }

    /** Whether the init lives. */
    public boolean alive() {
        try {
            return ProcessStatus.read(initPid).state() != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * Kills everything in the capsule: with its init, the kernel kills the whole PID namespace (pid_namespaces(7)). Returns
     * when it is gone, or after 10 s.
     *
     * @return whether it is gone
     */
    public boolean kill() {
        Optional<ProcessHandle> init = ProcessHandle.of(initPid);
        if (init.isEmpty() || !alive()) {
            return true;
        }
        init.get().destroyForcibly();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KILL_PATIENCE_MS);
        while (alive()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        return true;
    }

    private static Optional<Capsule> initOf(String namespace) throws IOException {
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path entry : entries) {
                int pid = Integer.parseInt(entry.getFileName().toString());
                try {
                    if (Namespaces.PID.id(pid).equals(namespace) && ProcessStatus.read(pid).innermostPid() == 1) {
                        return Optional.of(new Capsule(pid));
                    }
                } catch (IOException endedMeanwhile) {
                    continue;
                }
            }
        }
        throw new IOException("no init of " + namespace + " is visible from here");
    }

    private static int ownPid() {
        return (int) ProcessHandle.current().pid();
    }
}

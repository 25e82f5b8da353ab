package io.homeport.criu;

import io.homeport.process.ProcessStat;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A command that has ended by itself, or was killed with its descendants.
 *
 * @param status exit status; meaningless if it was killed
 * @param output standard output and standard error together
 * @param killed why it was killed; empty if it was not
 */
record CommandRun(int status, String output, Optional<String> killed) {
    private static final long KILL_PATIENCE_MS = 5000;

    /** A child that is dead at two looks is one that nobody waits for: burying takes microseconds. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(500);

    boolean succeeded() {
        return killed.isEmpty() && status == 0;
    }

    /**
     * Runs a command in {@code /} with no standard input and waits for its end. Its output goes to a file, not to a pipe: a
     * descendant that lives on cannot hold up the caller, and one whose reader has died does not die of it. An interrupt kills
     * the command and stays set.
     */
    static CommandRun run(List<String> words, Duration timeout) throws CriuException {
        Path output = null;
        try {
            output = Files.createTempFile("homeport-criu", ".out");
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            Optional<String> killed = await(process, timeout);
            String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new CommandRun(killed.isPresent() ? -1 : process.exitValue(), said, killed);
        } catch (IOException failed) {
            throw new CriuException("cannot run " + words.get(0) + ": " + failed.getMessage(), failed);
        } finally {
            remove(output);
        }
    }

    private static Optional<String> await(Process process, Duration timeout) {
        Optional<String> killed = Optional.empty();
        try {
            long endNs = System.nanoTime() + timeout.toNanos();
            Set<Long> dead = Set.of();
            while (killed.isEmpty()) {
                long leftNs = endNs - System.nanoTime();
                if (process.waitFor(Math.min(leftNs, LOOK_NS), TimeUnit.NANOSECONDS)) {
                    return Optional.empty();
                }
                if (leftNs < LOOK_NS) {
                    killed = Optional.of("killed after " + timeout.toMillis() + " ms");
                    break;
                }
                Set<Long> deadNow = unburied(process);
                Set<Long> deadStill = new HashSet<>(deadNow);
                deadStill.retainAll(dead);
                if (!deadStill.isEmpty()) {
                    killed = Optional.of("killed, since its child " + deadStill.iterator().next() + " had died and it did not notice");
                }
                dead = deadNow;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            killed = Optional.of("interrupted");
        }
        killTree(process);
        return killed;
    }

    /**
     * Descendants that have died and that nobody has waited for. CRIU (4.2.1) waits for ever for a process that is killed at the end of
     * its restore, when CRIU takes no SIGCHLD any more.
     */
    private static Set<Long> unburied(Process process) {
        Set<Long> dead = new HashSet<>();
        Deque<Long> living = new ArrayDeque<>(List.of(process.pid()));
        while (!living.isEmpty()) {
            long parent = living.remove();
            // proc_pid_task_children(5); ProcessHandle leaves the dead out.
            for (String child : read("/proc/" + parent + "/task/" + parent + "/children").split(" ")) {
                if (!child.isBlank()) {
                    long pid = Long.parseLong(child.strip());
                    (ProcessStat.find(pid).filter(ProcessStat::isZombie).isPresent() ? dead : living).add(pid);
                }
            }
        }
        return dead;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    /** First the command, which could start more, then what it had started; nsenter and the capsule fork. */
    private static void killTree(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(KILL_PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Path output) {
        try {
            if (output != null) {
                Files.deleteIfExists(output);
            }
        } catch (IOException left) {
            output.toFile().deleteOnExit();
        }
    }
}

package io.homeport.criu;

import io.homeport.process.ProcessStat;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
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
 * A command that runs in {@code /}, and may have to wait for a word on its standard input until it is needed: what it takes to start a program
 * is over then. Its output goes to a file, not to a pipe: a descendant that lives on cannot hold up the caller, and one whose reader has died does
 * not die of it. Used by one thread at a time.
 */
final class Command implements AutoCloseable {
    private static final long KILL_PATIENCE_MS = 5000;

    /** A child that is dead at two looks is one that nobody waits for: burying takes microseconds. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Process process;
    private final Path output;
    private boolean over;

    private Command(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static Command begin(List<String> words) throws CriuException {
        Path output = null;
        try {
            output = Files.createTempFile("homeport-criu", ".out");
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(new File("/"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().put("LC_ALL", "C");
            return new Command(builder.start(), output);
        } catch (IOException failed) {
            remove(output);
            throw new CriuException("cannot run " + words.get(0) + ": " + failed.getMessage(), failed);
        }
    }

    /** Gives it all of its input, and waits for its end. An interrupt kills it and stays set. */
    CommandRun end(String input, Duration timeout) throws CriuException {
        try {
            give(input);
            Optional<String> killed = await(timeout);
            over = true;
            String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new CommandRun(killed.isPresent() ? -1 : process.exitValue(), said, killed);
        } catch (IOException failed) {
            throw new CriuException("cannot read what a command has said: " + failed.getMessage(), failed);
        }
    }

    /** One that has not been brought to its end is killed with its descendants. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            killTree();
        }
        remove(output);
    }

    private void give(String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // It has ended, or wants no more of it: its exit status says which.
        }
    }

    private Optional<String> await(Duration timeout) {
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
                Set<Long> deadNow = unburied();
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
        killTree();
        return killed;
    }

    /**
     * Descendants that have died and that nobody has waited for. CRIU (4.2.1) waits for ever for a process that is killed at the end of
     * its restore, when CRIU takes no SIGCHLD any more.
     */
    private Set<Long> unburied() {
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
    private void killTree() {
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

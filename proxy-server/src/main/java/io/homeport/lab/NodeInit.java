package io.homeport.lab;

import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PID 1 of a node, as the host sees it. Kept on disk with its start time, so that a number the kernel gave to somebody
 * else meanwhile is never taken for it.
 *
 * @param pid in the host's PID namespace
 * @param startTicks field 22 of /proc/PID/stat (proc_pid_stat(5)): clock ticks since boot
 */
record NodeInit(long pid, long startTicks) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * Starts node-init.sh in fresh namespaces and waits until its mounts are made.
     *
     * @param keep directories below /tmp, /run or /var/tmp that stay visible inside
     */
    static NodeInit start(Path script, String node, Path state, List<Path> keep) {
        // Not --kill-child: it ties the node to unshare, and the node must outlive the command that made it.
        List<String> words = new ArrayList<>(List.of(
                "setsid", "unshare", "--mount", "--pid", "--uts", "--ipc", "--net", "--fork", "/bin/bash", script.toString(), node,
                state.toString()));
        keep.forEach(directory -> words.add(directory.toString()));
        Path log = state.resolve("init.log");
        try {
            Process unshare = new ProcessBuilder(words)
                    .directory(new java.io.File("/"))
                    .redirectInput(new java.io.File("/dev/null"))
                    .redirectOutput(log.toFile())
                    .redirectErrorStream(true)
                    .start();
            Path ready = state.resolve("ready");
            Instant end = Instant.now().plus(PATIENCE);
            while (!Files.exists(ready)) {
                if (!unshare.isAlive() || Instant.now().isAfter(end)) {
                    unshare.destroyForcibly();
                    throw new LabException(
                            LabException.Kind.FAILED, "node " + node + " did not start: " + Files.readString(log).strip());
                }
                Thread.sleep(5);
            }
            // setsid becomes unshare by exec, unshare's only child is PID 1 of the node.
            long pid = unshare.children().findFirst().orElseThrow().pid();
            NodeInit init = new NodeInit(pid, startTicks(pid).orElseThrow());
            Files.writeString(state.resolve("init.pid"), init.pid + " " + init.startTicks + "\n");
            return init;
        } catch (IOException failed) {
            throw new LabException(LabException.Kind.LACKING, "cannot start node " + node + ": " + failed.getMessage(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabException(LabException.Kind.FAILED, "interrupted while starting node " + node, interrupted);
        }
    }

    /** What {@link #start} left in {@code state}; empty if the node never came that far. */
    static Optional<NodeInit> read(Path state) {
        Path file = state.resolve("init.pid");
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            String[] words = Files.readString(file).strip().split(" ");
            return Optional.of(new NodeInit(Long.parseLong(words[0]), Long.parseLong(words[1])));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    boolean alive() {
        return startTicks(pid).filter(ticks -> ticks == startTicks).isPresent();
    }

    /** Ends every process of the node: the kernel kills a PID namespace with its first process (pid_namespaces(7)). */
    void kill() {
        if (!alive()) {
            return;
        }
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Instant end = Instant.now().plus(PATIENCE);
        while (alive() && Instant.now().isBefore(end)) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Ends the inits that run {@code script}: also one whose lab crashed before its pid was noted. */
    static void killAll(Path script) {
        ProcessHandle.allProcesses().filter(process -> runs(process, script)).forEach(process -> {
            startTicks(process.pid()).ifPresent(ticks -> new NodeInit(process.pid(), ticks).kill());
        });
    }

    private static boolean runs(ProcessHandle process, Path script) {
        try {
            // Words end with NUL (proc_pid_cmdline(5)); an init's are: bash, the script, ...
            String[] words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).split("\0");
            return words.length > 1 && words[0].endsWith("bash") && words[1].equals(script.toString());
        } catch (IOException gone) {
            return false;
        }
    }

    /** A path as the node sees it, for the host. */
    Path inside(Path absolute) {
        return Path.of("/proc/" + pid + "/root").resolve(Path.of("/").relativize(absolute));
    }

    /** A zombie has ended. */
    private static Optional<Long> startTicks(long pid) {
        return ProcessStat.find(pid).filter(stat -> !stat.isZombie()).map(ProcessStat::startTicks);
    }
}

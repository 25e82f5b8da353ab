package io.homeport.lab;

import io.homeport.local.CommandFailedException;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import io.homeport.report.Json;
import io.homeport.report.NodeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The daemon of one lab node with its keeper, as seen from the host. One thread at a time. */
public final class LabDaemon {
    private static final long POLL_MS = 20;
    private static final long ANSWER_TIMEOUT_MS = 5_000;
    private static final int LOG_LINES = 12;

    /** $1 the node's directory, then the command: notes its own pid, which the keeper keeps. */
    private static final String BACKGROUND =
            "echo $$ >\"$1/node.pid\"; exec </dev/null >>\"$1/node.log\" 2>&1; shift; exec \"$@\"";

    private final LabNode node;
    private final Path launcher;

    LabDaemon(LabNode node, Path launcher) {
        this.node = node;
        this.launcher = launcher;
    }

    /** Starts it with the node's configuration, on the Java that runs this; returns at once. It takes faults from {@link LabNode#faults}. */
    public void start() {
        String options = System.getenv().getOrDefault("HOMEPORT_NODE_OPTS", "") + " -Dhomeport.faults=" + node.faults();
        Map<String, String> environment = Map.of("JAVA_HOME", System.getProperty("java.home"), "HOMEPORT_NODE_OPTS", options.strip());
        Shell.run("", node.commandLine("/", environment, List.of(
                "setsid", "--fork", "/bin/bash", "-c", BACKGROUND, "bash", node.directory().toString(),
                launcher.toString(), "node", "--config", configuration().toString())));
    }

    /**
     * Ends both, and with them the connections that they hold: sends the keeper a signal, e.g. TERM, which it passes on; KILL goes to both.
     * Waits until they have ended. No error if they do not run.
     */
    public void end(String signal) {
        if (alive()) {
            long keeper = pid().orElseThrow();
            List<String> words = new ArrayList<>(List.of("kill", "-" + signal, Long.toString(keeper)));
            if (signal.equals("KILL")) {
                daemonPid().ifPresent(pid -> words.add(Long.toString(pid)));
            }
            Optional<Long> daemon = daemonPid();
            Shell.attempt("", node.commandLine("/", Map.of(), words));
            await(Duration.ofSeconds(20), "end", () -> !alive() && daemon.filter(this::runs).isEmpty());
        }
    }

    /** Kills the daemon's process alone, by SIGKILL, at once; its keeper starts another. False if none runs just now. */
    public boolean kill() {
        return daemonPid().flatMap(pid -> ProcessHandle.of(hostPid(pid))).map(ProcessHandle::destroyForcibly).orElse(false);
    }

    /** The daemon's process as the host numbers it; empty if none runs just now. */
    public Optional<Long> hostPid() {
        return daemonPid().map(this::hostPid).filter(pid -> pid != 0);
    }

    /** Whether the keeper's process runs. */
    public boolean alive() {
        return pid().filter(this::runs).isPresent();
    }

    /** What it says of itself; empty if it does not answer. */
    public Optional<NodeStatus> status() {
        try {
            String json = new LocalClient(node.socket()).call(new LocalMessage.Status(), step -> {}, ANSWER_TIMEOUT_MS);
            return Optional.of(Json.read(json, NodeStatus.class));
        } catch (CommandFailedException silent) {
            return Optional.empty();
        }
    }

    /** Waits until it answers. @throws LabException with the end of its log, if it ends or takes too long */
    public void awaitAnswer(Duration patience) {
        await(patience, "answer", () -> {
            checkAlive();
            return status().isPresent();
        });
    }

    /** Waits until all of its links are up. @throws LabException with the end of its log */
    public void awaitLinks(Duration patience) {
        await(patience, "reach its peers", () -> {
            checkAlive();
            return status().filter(status -> status.peers().stream().allMatch(NodeStatus.PeerStatus::up)).isPresent();
        });
    }

    Path configuration() {
        return node.directory().resolve("node.yaml");
    }

    private void checkAlive() {
        if (pid().isPresent() && !alive()) {
            throw new LabException(LabException.Kind.FAILED, "the daemon of node " + node.name() + " ended: " + lastWords());
        }
    }

    private boolean runs(long pid) {
        return Files.exists(node.inside("/proc/" + pid + "/exe"));
    }

    /** The keeper's child, as the node numbers it (proc_tid_children(5)). */
    private Optional<Long> daemonPid() {
        return pid().flatMap(keeper -> {
            try {
                String children = Files.readString(node.inside("/proc/" + keeper + "/task/" + keeper + "/children")).strip();
                return children.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(children.split(" ")[0]));
            } catch (IOException gone) {
                return Optional.empty();
            }
        });
    }

    /** What the host calls a process of the node; 0 if there is none. */
    private long hostPid(long pid) {
        return ProcessHandle.of(node.initPid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .filter(host -> innermost(host) == pid)
                .findFirst()
                .orElse(0L);
    }

    private static long innermost(long hostPid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + hostPid + "/status"))) {
            String[] numbers = lines.filter(line -> line.startsWith("NSpid:")).findFirst().orElse("0").split("\\s+");
            // The lab's node is one PID namespace below the host; a service in a capsule is two.
            return numbers.length == 3 ? Long.parseLong(numbers[2]) : 0;
        } catch (IOException | java.io.UncheckedIOException gone) {
            return 0;
        }
    }

    private Optional<Long> pid() {
        try {
            Path file = node.directory().resolve("node.pid");
            String text = Files.exists(file) ? Files.readString(file).strip() : "";
            return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private void await(Duration patience, String what, java.util.function.BooleanSupplier condition) {
        long endNs = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > endNs) {
                throw new LabException(
                        LabException.Kind.FAILED,
                        "the daemon of node " + node.name() + " did not " + what + " within " + patience.toSeconds() + " s: " + lastWords());
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new LabException(LabException.Kind.FAILED, "interrupted while waiting for node " + node.name());
            }
        }
    }

    private String lastWords() {
        try (Stream<String> lines = Files.lines(node.log())) {
            List<String> all = lines.toList();
            return node.log() + " ends with:\n" + String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
        } catch (IOException none) {
            return "it left no log";
        }
    }
}

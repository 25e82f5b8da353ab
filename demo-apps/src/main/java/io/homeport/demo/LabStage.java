package io.homeport.demo;

import io.homeport.config.Installation;
import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import io.homeport.local.CommandFailedException;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The real stage: three lab nodes with their daemons; processes start in them and are moved by these. */
final class LabStage implements Stage {
    /** Longest time without any word from the daemon in the middle of a move. */
    private static final long SILENT_DAEMON_MS = 60_000;

    private static final int LAST_WORDS_LINES = 12;

    private final Installation installation = Installation.find();
    private final Path directory;
    private final Lab lab;
    private final Map<Guest, Path> logs = new HashMap<>();

    /**
     * Brings the lab up; its name is HOMEPORT_LAB or "demo". The processes' output and the moves' reports go to `directory`.
     */
    LabStage(Path directory) throws IOException {
        this.directory = directory;
        Files.deleteIfExists(directory.resolve("moves.log"));
        LabPlan plan = LabPlan.of("alpha", "beta", "gamma").rehearsing();
        this.lab = Lab.up(System.getenv("HOMEPORT_LAB") == null ? plan.withName("demo") : plan);
    }

    @Override
    public List<String> nodes() {
        return lab.nodes().stream().map(LabNode::name).collect(Collectors.toList());
    }

    @Override
    public InetAddress address(String node) {
        return lab.node(node).address();
    }

    /** Every other one by `homeport run`, the rest plainly with the agent. */
    @Override
    public void start(Guest guest, String node, List<String> mainAndSettings) throws IOException {
        Path log = directory.resolve(guest.name() + ".log");
        Files.deleteIfExists(log);
        logs.put(guest, log);
        List<String> words = new ArrayList<>();
        List<String> java = GuestJava.command(guest);
        if (guest.seat() % 2 == 0) {
            words.addAll(List.of("homeport", "run", "--name", guest.name(), "--"));
            words.addAll(java);
        } else {
            words.addAll(java);
            words.add("-javaagent:" + installation.agentJar());
            words.add("-Dhomeport.name=" + guest.name());
        }
        words.addAll(List.of("-cp", installation.root().resolve("demo-apps/target/homeport-demo-guests.jar").toString()));
        words.addAll(mainAndSettings);
        lab.node(node).exec(inShell(words, log)).start();
    }

    /** The streams are opened inside the node: CRIU knows no files of mounts that the process cannot see. */
    private static List<String> inShell(List<String> words, Path log) {
        String line = "exec \"${@:2}\" </dev/null >>\"$1\" 2>&1";
        List<String> all = new ArrayList<>(List.of("/bin/bash", "-c", line, "guest", log.toString()));
        all.addAll(words);
        return all;
    }

    /** Asks the daemon itself: `homeport migrate` would do the same, and start one more JVM beside nine others for it. */
    @Override
    public void migrate(Guest guest, String from, String to, Consumer<String> steps) throws IOException {
        try {
            LocalMessage request = new LocalMessage.Migrate(guest.name(), to, false, "");
            LocalClient daemon = new LocalClient(lab.node(from).socket());
            String report = daemon.call(request, step -> steps.accept(step.step()), SILENT_DAEMON_MS);
            Files.writeString(directory.resolve("moves.log"), report + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (CommandFailedException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    @Override
    public String lastWords(Guest guest) {
        try {
            return lastLines(logs.get(guest));
        } catch (IOException none) {
            return "(nothing: " + none.getMessage() + ")";
        }
    }

    private static String lastLines(Path file) throws IOException {
        List<String> lines = Files.readString(file, StandardCharsets.UTF_8).lines().collect(Collectors.toList());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS_LINES), lines.size()));
    }

    @Override
    public void close() {
        lab.close();
    }
}

package io.homeport.demo;

import io.homeport.config.Installation;
import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The real stage: three lab nodes with their daemons; `homeport run` starts, `homeport migrate` moves, both inside the nodes. */
final class LabStage implements Stage {
    private static final long MIGRATE_TIMEOUT_SECONDS = 60;
    private static final int LAST_WORDS_LINES = 12;

    private final Installation installation = Installation.find();
    private final Path directory;
    private final Lab lab;
    private final Map<Guest, Path> logs = new HashMap<>();

    /** Brings the lab up; its name is HOMEPORT_LAB or "demo". The processes' output goes to `directory`. */
    LabStage(Path directory) {
        this.directory = directory;
        LabPlan plan = LabPlan.of("alpha", "beta", "gamma");
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

    @Override
    public void start(Guest guest, String node, List<String> mainAndSettings) throws IOException {
        Path log = directory.resolve(guest.name() + ".log");
        Files.deleteIfExists(log);
        logs.put(guest, log);
        List<String> words = new ArrayList<>(List.of("homeport", "run", "--name", guest.name(), "--"));
        words.addAll(GuestJava.command(guest));
        words.addAll(List.of("-cp", installation.root().resolve("demo-apps/target/homeport-demo.jar").toString()));
        words.addAll(mainAndSettings);
        lab.exec(node, words.toArray(String[]::new))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    @Override
    public void migrate(Guest guest, String from, String to) throws IOException {
        Path said = directory.resolve("migrate.log");
        Process command = lab.exec(from, "homeport", "migrate", guest.name(), "--to", to, "--json")
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            if (!command.waitFor(MIGRATE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                command.destroy();
                throw new IOException("not done after " + MIGRATE_TIMEOUT_SECONDS + " s: " + lastLines(said));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        if (command.exitValue() != 0) {
            throw new IOException(lastLines(said));
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

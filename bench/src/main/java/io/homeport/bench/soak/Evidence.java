package io.homeport.bench.soak;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keeps the ends of the daemons' logs when something did not hold: the lab takes them with it. The command's thread. */
final class Evidence {
    private static final int LINES = 400;

    private final Lab lab;
    private final Path directory;

    Evidence(Lab lab, long seed) {
        this.lab = lab;
        this.directory = Path.of(System.getProperty("java.io.tmpdir"), lab.name() + "-seed-" + seed);
    }

    /** @return where they are, or why there are none */
    String keep(int problem) {
        try {
            Path kept = Files.createDirectories(directory.resolve("problem-" + problem));
            for (LabNode node : lab.nodes()) {
                List<String> lines = new String(Files.readAllBytes(node.log()), StandardCharsets.UTF_8).lines().toList();
                Files.write(kept.resolve(node.name() + ".log"), lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
            }
            return kept.toString();
        } catch (IOException unreadable) {
            return "none (" + unreadable + ")";
        }
    }
}

package io.homeport.bench.moves;

import io.homeport.lab.LabNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A JVM of the same kind as the one that is moved, but without sockets, agent or capsule, that is checkpointed and restored in place.
 * The command's thread, which ends it.
 */
final class FloorService {
    private static final String READY = "/run/bench-floor.ready";
    private static final String IMAGES = "/run/bench-floor-images";

    private final LabNode node;
    private final String criu;
    private final String script;
    private final int pid;

    private FloorService(LabNode node, String criu, String script, int pid) {
        this.node = node;
        this.criu = criu;
        this.script = script;
        this.pid = pid;
    }

    static FloorService start(LabNode node, String criu, JvmPlan jvm) throws IOException, InterruptedException {
        try (InputStream in = FloorService.class.getResourceAsStream("by-hand.sh")) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new FloorService(node, criu, script, ServiceStart.start(node, READY, jvm.words(0, READY)));
        }
    }

    /** Takes some hundred milliseconds. @throws IOException with CRIU's last words if it fails */
    Floor dumpAndRestore() throws IOException, InterruptedException {
        String said = Command.run(node, List.of("/bin/bash", "-c", script, "by-hand.sh", criu, Integer.toString(pid), IMAGES));
        return Floor.parse(said);
    }

    /** Ends the JVM. */
    void end() throws IOException, InterruptedException {
        Command.run(node, List.of("kill", "-KILL", Integer.toString(pid)));
    }
}

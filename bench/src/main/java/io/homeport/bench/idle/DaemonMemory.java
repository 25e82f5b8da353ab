package io.homeport.bench.idle;

import io.homeport.bench.moves.Command;
import io.homeport.lab.LabNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A daemon's memory at one moment, without Java garbage.
 *
 * @param bytes of every part
 * @param objects by class
 */
record DaemonMemory(Map<Part, Long> bytes, LiveObjects objects) {
    private static final String STATE = "/run/homeport/state/journal";
    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    /** What a first collection finds to be closed is garbage for a second one. */
    private static final int COLLECTIONS = 2;
    private static final long REST_MS = 500;

    /** Takes some seconds. @throws IOException if the daemon does not run */
    static DaemonMemory of(LabNode node) throws IOException, InterruptedException {
        long pid = node.daemon().hostPid().orElseThrow(() -> new IOException("no daemon on " + node.name()));
        for (int collection = 0; collection < COLLECTIONS; collection++) {
            ask(pid, "GC.run");
            Thread.sleep(REST_MS);
        }
        LiveObjects objects = LiveObjects.parse(ask(pid, "GC.class_histogram"));
        Mappings mappings = Mappings.of(pid, Mappings.Range.parse(ask(pid, "GC.heap_info")));
        String usage = Command.run(node, List.of("du", "--all", "--block-size=1", STATE));
        Map<Part, Long> bytes = new EnumMap<>(Part.class);
        bytes.put(Part.OBJECTS, objects.bytes());
        bytes.put(Part.NATIVE, mappings.nativeAnonymous());
        bytes.put(Part.SLOTS, usedBy("/slots", usage));
        bytes.put(Part.JOURNAL, usedBy(STATE, usage) - usedBy("/slots", usage));
        bytes.put(Part.RESIDENT, mappings.resident());
        bytes.put(Part.PROPORTIONAL, mappings.proportional());
        return new DaemonMemory(bytes, objects);
    }

    /** The line of a path in what du says. */
    static long usedBy(String pathEnd, String usage) {
        String line = usage.lines()
                .filter(each -> each.endsWith(pathEnd))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing of " + pathEnd + " in: " + usage));
        return Long.parseLong(line.split("\\s+")[0]);
    }

    private static String ask(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(JCMD.toString(), Long.toString(pid), command).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + pid + " " + command + ": " + said.strip());
        }
        return said;
    }
}

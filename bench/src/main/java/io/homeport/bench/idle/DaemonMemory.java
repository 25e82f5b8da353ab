package io.homeport.bench.idle;

import io.homeport.bench.contender.CpuClock;
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
    private static final int MOST_REST_SECONDS = 20;
    /** Of one second: the links' probes take some. */
    private static final double IDLE_CPU_SECONDS = 0.05;

    /** Takes some seconds. @throws IOException if the daemon does not run */
    static DaemonMemory of(LabNode node) throws IOException, InterruptedException {
        long pid = node.daemon().hostPid().orElseThrow(() -> new IOException("no daemon on " + node.name()));
        awaitRest(pid);
        for (int collection = 0; collection < COLLECTIONS; collection++) {
            ask(pid, "GC.run");
            Thread.sleep(REST_MS);
        }
        trim(pid);
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

    /** The JIT's compilers take tens of megabytes while they run: waits until the daemon does next to nothing, or not for ever. */
    private static void awaitRest(long pid) throws InterruptedException {
        double before = -1;
        double now = CpuClock.seconds(List.of(pid));
        for (int seconds = 0; seconds < MOST_REST_SECONDS && now - before > IDLE_CPU_SECONDS; seconds++) {
            Thread.sleep(1_000);
            before = now;
            now = CpuClock.seconds(List.of(pid));
        }
    }

    /** Freed memory that malloc keeps for itself is no stream's, either. A JDK that cannot give it back has it counted. */
    private static void trim(long pid) throws InterruptedException {
        try {
            ask(pid, "System.trim_native_heap");
        } catch (IOException unknownCommand) {
            return;
        }
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

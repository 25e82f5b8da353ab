package io.homeport.bench.idle;

import io.homeport.bench.moves.Command;
import io.homeport.bench.moves.JvmPlan;
import io.homeport.bench.moves.ServiceStart;
import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Moves a service with idle connections from alpha to beta, in a lab of its own for each number of them. One thread. */
public final class IdleRun {
    private static final int PORT = 7700;
    private static final int HEAP_MB = 16;
    private static final String SERVICE = "idle";
    private static final String READY = "/run/idle.ready";
    /** Until the last acknowledgement has been sent, and what is done soon after a move is done. */
    private static final long REST_MS = 3_000;

    private final String labName;
    private final JvmPlan jvm;
    private final Consumer<String> progress;

    /**
     * @param labName of labs that are not up
     * @param java path of the program that the service runs on
     * @param classPath where the echo service is
     * @param progress told of every measurement
     */
    public IdleRun(String labName, String java, String classPath, Consumer<String> progress) {
        this.labName = labName;
        this.jvm = new JvmPlan(java, HEAP_MB, classPath);
        this.progress = progress;
        // Ctrl-C must not leave nodes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Lab.down(labName)));
    }

    /** Measures each number once in every round. @throws IOException when a move fails, or a connection gets a wrong answer */
    public IdleReport measure(List<Integer> connections, int rounds) throws IOException, InterruptedException {
        List<IdleSample> samples = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int count : connections) {
                progress.accept("round " + (round + 1) + " of " + rounds + ": " + count + " connections");
                try (Lab lab = Lab.up(LabPlan.of("alpha", "beta").withName(labName))) {
                    samples.add(sample(lab, count));
                }
            }
        }
        return new IdleReport(connections, samples);
    }

    private IdleSample sample(Lab lab, int count) throws IOException, InterruptedException {
        LabNode alpha = lab.node("alpha");
        LabNode beta = lab.node("beta");
        List<String> start = new ArrayList<>(List.of("homeport", "run", "--name", SERVICE, "--"));
        start.addAll(jvm.words(PORT, READY));
        ServiceStart.start(alpha, READY, start);
        Map<String, DaemonMemory> before = memory(alpha, beta);
        long kernelBefore = KernelSockets.bytes();
        try (IdleConnections connections = new IdleConnections()) {
            connections.open(new InetSocketAddress(alpha.address(), PORT), count);
            connections.ping();
            Command.run(alpha, List.of("homeport", "migrate", SERVICE, "--to", beta.name(), "--json"));
            connections.ping();
            Thread.sleep(REST_MS);
            Map<String, DaemonMemory> after = memory(alpha, beta);
            long kernelAfter = KernelSockets.bytes();
            connections.ping();
            return sample(count, before, after, kernelAfter - kernelBefore);
        }
    }

    private static Map<String, DaemonMemory> memory(LabNode... nodes) throws IOException, InterruptedException {
        Map<String, DaemonMemory> memory = new LinkedHashMap<>();
        for (LabNode node : nodes) {
            memory.put(node.name(), DaemonMemory.of(node));
        }
        return memory;
    }

    private static IdleSample sample(int count, Map<String, DaemonMemory> before, Map<String, DaemonMemory> after, long kernelBytes) {
        Map<String, Map<Part, Long>> grown = new LinkedHashMap<>();
        Map<String, LiveObjects> objects = new LinkedHashMap<>();
        after.forEach((node, memory) -> {
            Map<Part, Long> parts = new EnumMap<>(Part.class);
            memory.bytes().forEach((part, bytes) -> parts.put(part, bytes - before.get(node).bytes().get(part)));
            grown.put(node, parts);
            objects.put(node, memory.objects());
        });
        return new IdleSample(count, grown, kernelBytes, objects);
    }
}

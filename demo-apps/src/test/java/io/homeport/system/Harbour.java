package io.homeport.system;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lab of a whole test run, with what the tests need around it: alpha, beta and gamma with their daemons, the jars, a key
 * store. Made once by {@link HarbourExtension}, which closes it; used by one test thread at a time.
 */
final class Harbour implements AutoCloseable {
    static final String ALPHA = "alpha";
    static final String BETA = "beta";
    static final String GAMMA = "gamma";
    static final String KEY_STORE_PASSWORD = "homeport";

    /** Without moves, to try the services and clients by themselves while one is written; never in CI. */
    static final boolean STILL = Boolean.getBoolean("homeport.system.still") && !"true".equals(System.getenv("CI"));

    private static final AtomicInteger NEXT_PORT = new AtomicInteger(7000);

    private final Lab lab;
    private final Path home = home();

    Harbour() {
        this(new LabPlan("test-" + ProcessHandle.current().pid(), List.of(ALPHA, BETA, GAMMA), "", !STILL));
    }

    /** A lab for one test that needs another; the test closes it. */
    Harbour(LabPlan plan) {
        lab = Lab.up(plan);
        // A run that is stopped half-way must not leave its nodes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(lab::close));
    }

    /** What an ended program left. @param output standard output and standard error together */
    record Ended(int status, String output) {}

    LabNode node(String name) {
        return lab.node(name);
    }

    InetAddress address(String node) {
        return lab.node(node).address();
    }

    InetAddress address6(String node) {
        return lab.node(node).address6();
    }

    /** The test's own address as the nodes see it. */
    String hostAddress() {
        return lab.hostAddress();
    }

    /** The same for IPv6. */
    String hostAddress6() {
        return lab.hostAddress6();
    }

    /** A command port that no other service of the run has. */
    int nextPort() {
        return NEXT_PORT.incrementAndGet();
    }

    /** Kills a process in a node with a signal of its own choice. */
    void signal(String node, String signal, long pid) throws IOException, InterruptedException {
        shell(node, "kill -" + signal + " " + pid);
    }

    /** Bytes that a node's network card has sent and received. */
    long trafficBytes(String node) throws IOException, InterruptedException {
        String line = shell(node, "grep eth0 /proc/net/dev").output().replace(':', ' ').trim();
        String[] fields = line.split(" +");
        // proc_net(5): interface, then eight columns of reception and eight of transmission, bytes first.
        return Long.parseLong(fields[1]) + Long.parseLong(fields[9]);
    }

    /** Starts a command in a node. */
    ProcessBuilder exec(String node, List<String> command) {
        return lab.node(node).exec(command);
    }

    /** Runs a command in a node to its end. */
    Ended run(String node, String... command) throws IOException, InterruptedException {
        Process process = lab.node(node).exec(command).redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " on " + node + " does not end: " + output);
        }
        return new Ended(process.exitValue(), output);
    }

    /** Runs a shell line in a node to its end. */
    Ended shell(String node, String line) throws IOException, InterruptedException {
        return run(node, "/bin/bash", "-c", line);
    }

    /** Runs {@code homeport ...} in a node to its end. */
    Ended homeport(String node, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("homeport"));
        command.addAll(Arrays.asList(words));
        return run(node, command.toArray(String[]::new));
    }

    /** What {@code -javaagent:} names. */
    Path agentJar() {
        return home.resolve("agent/target/homeport-agent.jar");
    }

    /** A class path with the services and the third parties' jars, and nothing of Homeport. */
    String serviceClassPath() {
        List<String> ours = Stream.of("agent", "proxy-server", "wire-protocol").map(module -> home.resolve(module) + "/").toList();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> ours.stream().noneMatch(entry::startsWith))
                .filter(entry -> !entry.contains("logback") && !entry.contains("chronicle"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** A key store with a self-signed certificate, for both ends of a TLS connection. */
    synchronized Path keyStore() throws IOException, InterruptedException {
        Path store = home.resolve("demo-apps/target/system-tests.p12");
        if (!Files.exists(store)) {
            Process keytool = new ProcessBuilder(
                            Jdk.oldest().program("keytool"), "-genkeypair", "-alias", "service", "-keyalg", "EC", "-dname", "CN=service",
                            "-validity", "30", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", KEY_STORE_PASSWORD)
                    .inheritIO()
                    .start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool failed with status " + keytool.exitValue());
            }
        }
        return store;
    }

    @Override
    public void close() throws IOException {
        Path kept = home.resolve("demo-apps/target/system-test-logs");
        Files.createDirectories(kept);
        for (LabNode node : lab.nodes()) {
            if (Files.exists(node.log())) {
                Files.copy(node.log(), kept.resolve(lab.name().replaceAll("-.*", "-") + node.name() + ".log"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        lab.close();
    }

    private static Path home() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("proxy-server"))) {
            here = here.getParent();
        }
        return here;
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.report.Json;
import io.homeport.report.MigrationReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A service under test: started on a node, moved by {@code homeport migrate}, asked over its command connection, which stays
 * the same one all the time. One test thread; {@link #close} ends the service wherever it is.
 */
final class MovedService implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Harbour harbour;
    private final String origin;
    private final String name;
    private final Process process;
    private final int commandPort;
    private final Launch.Manner manner;
    private final Map<String, Integer> ports = new HashMap<>();
    private CommandLine commands;
    private String node;
    private long pid;

    private MovedService(Harbour harbour, String origin, String name, int commandPort, Launch launch, Process process) {
        this.harbour = harbour;
        this.origin = origin;
        this.node = origin;
        this.name = name;
        this.commandPort = commandPort;
        this.manner = launch.manner();
        this.process = process;
    }

    /** Starts a service on alpha and waits until it answers. */
    static MovedService start(Harbour harbour, Launch launch) throws Exception {
        return start(harbour, Harbour.ALPHA, launch);
    }

    /** Starts a service on a node and waits until it answers. */
    static MovedService start(Harbour harbour, String node, Launch launch) throws Exception {
        int port = harbour.nextPort();
        String name = "s" + port;
        Process process = harbour.exec(node, launch.words(harbour, name, port)).redirectErrorStream(true).start();
        MovedService service = new MovedService(harbour, node, name, port, launch, process);
        service.connect();
        return service;
    }

    /** Where it runs now. */
    String node() {
        return node;
    }

    /** The name under which Homeport knows it, if it was started so. */
    String name() {
        return name;
    }

    /** What was started: its standard streams are the service's, unless the launch redirected them. */
    Process process() {
        return process;
    }

    /** Port of its server of this kind. */
    int port(String kind) {
        Integer port = ports.get(kind);
        assertThat(port).as("a server of kind %s among %s", kind, ports).isNotNull();
        return port;
    }

    /** Whether it has a server of this kind. */
    boolean has(String kind) {
        return ports.containsKey(kind);
    }

    /** Runs a command in the service. */
    String ask(String command) {
        try {
            return commands.ask(command);
        } catch (IOException e) {
            throw new IllegalStateException(command + " to " + name + " on " + node + ": " + e, e);
        }
    }

    /** Runs a command in the service that may fail. @return {@code ok ...} or {@code error ...} */
    String tell(String command) {
        try {
            return commands.tell(command);
        } catch (IOException e) {
            throw new IllegalStateException(command + " to " + name + " on " + node + ": " + e, e);
        }
    }

    /** Opens one more command connection. */
    CommandLine newCommandLine() throws IOException {
        return new CommandLine(new InetSocketAddress(harbour.address(origin), commandPort));
    }

    /** What {@code homeport migrate} takes: the name, or the PID if Homeport was not told of one. */
    String reference() {
        return manner == Launch.Manner.RUN ? name : Long.toString(pid);
    }

    /** Its PID as the node's processes see it. In a capsule it is right after the first move only. */
    long pid() {
        return pid;
    }

    /** Moves it and requires that the move succeeds. */
    MigrationReport moveTo(String destination) throws Exception {
        if (Harbour.STILL) {
            node = destination;
            return null;
        }
        Harbour.Ended ended = tryMoveTo(destination, "--json");
        assertThat(ended.status()).as("migrate %s from %s to %s: %s", name, node, destination, ended.output()).isZero();
        MigrationReport report = Json.read(ended.output().strip(), MigrationReport.class);
        System.out.printf("%s: %s%n", name, ended.output().strip());
        node = destination;
        pid = report.pid();
        return report;
    }

    /** Tries to move it. @return what the command said; the service is taken to be where it was */
    Harbour.Ended tryMoveTo(String destination, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("migrate", reference(), "--to", destination));
        words.addAll(List.of(more));
        return harbour.homeport(node, words.toArray(String[]::new));
    }

    /** It is there, whatever the command said. Only for services that Homeport knows by name. */
    void hasArrivedAt(String destination) {
        node = destination;
    }

    /** What went wrong inside; must be empty in a good run. */
    String complaints() {
        return ask("complaints");
    }

    @Override
    public void close() throws Exception {
        try {
            commands.tell("exit");
        } catch (IOException e) {
            System.out.println(name + " did not take its end: " + e);
        }
        commands.close();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroy();
        }
    }

    private void connect() throws Exception {
        long deadline = System.nanoTime() + START.toNanos();
        while (commands == null) {
            try {
                commands = newCommandLine();
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    String said = process.isAlive() ? "it runs" : new String(process.getInputStream().readAllBytes());
                    process.destroy();
                    throw new IllegalStateException("the service does not answer: " + said, notYet);
                }
                Thread.sleep(100);
            }
        }
        for (String kind : ask("kinds").split(" ")) {
            String[] parts = kind.split("=");
            if (parts.length == 2) {
                ports.put(parts[0], Integer.parseInt(parts[1]));
            }
        }
        pid = Long.parseLong(ask("pid"));
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
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

    /** Opens one more command connection. */
    CommandLine newCommandLine() throws IOException {
        return new CommandLine(new InetSocketAddress(harbour.address(origin), commandPort));
    }

    /** What {@code homeport migrate} takes: the name, or the PID as the node sees it now. */
    String reference() throws Exception {
        if (manner == Launch.Manner.RUN) {
            return name;
        }
        Harbour.Ended found = harbour.shell(node, "pgrep -f '[ ]" + commandPort + "$' | tail -1");
        return found.output().trim();
    }

    /** Moves it and requires that the move succeeds. */
    void moveTo(String destination) throws Exception {
        Harbour.Ended ended = tryMoveTo(destination);
        assertThat(ended.status()).as("migrate %s from %s to %s: %s", name, node, destination, ended.output()).isZero();
        node = destination;
    }

    /** Moves it, or not. @return what the command said */
    Harbour.Ended tryMoveTo(String destination, String... more) throws Exception {
        if (Harbour.STILL) {
            return new Harbour.Ended(0, "not moved");
        }
        String[] words = new String[4 + more.length];
        words[0] = "migrate";
        words[1] = reference();
        words[2] = "--to";
        words[3] = destination;
        System.arraycopy(more, 0, words, 4, more.length);
        long before = System.nanoTime();
        Harbour.Ended ended = harbour.homeport(node, words);
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        System.out.printf("%s %s -> %s: status %d, %d ms%n", name, node, destination, ended.status(), tookMs);
        return ended;
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
    }
}

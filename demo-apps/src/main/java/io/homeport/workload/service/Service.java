package io.homeport.workload.service;

import io.homeport.workload.Complaints;
import io.homeport.workload.server.AsynchronousServer;
import io.homeport.workload.server.BlockingServer;
import io.homeport.workload.server.ChannelServer;
import io.homeport.workload.server.CheckedServer;
import io.homeport.workload.server.HttpCheckServer;
import io.homeport.workload.server.OpenConnections;
import io.homeport.workload.server.SelectorServer;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service with a server of every kind of socket that the JDK has, in one JVM. {@code main} takes the port of the
 * {@link CommandServer} (0: a free one) and prints {@code ready PORT}; everything else is asked for there: {@code kinds} tells
 * the other ports.
 *
 * <p>{@link #close} closes the listeners; threads are daemons.
 */
public final class Service implements AutoCloseable {
    private final List<CheckedServer> servers = new ArrayList<>();
    private final OpenConnections connections = new OpenConnections();
    private final Executor threads = daemons();
    private final CommandServer commands;
    private final ClientCommands clients = new ClientCommands();
    private final AtomicLong lines = new AtomicLong();
    private final Clock clock = new Clock();
    private final List<MappedByteBuffer> mapped = new CopyOnWriteArrayList<>();
    private PrintWriter log;
    private Process child;

    /** Makes the command server, with no other yet; see {@link #addJdkServers} and {@link #add}. */
    public Service(int commandPort) throws IOException {
        commands = new CommandServer(commandPort);
        commands.command("kinds", w -> kinds())
                .command("java", w -> System.getProperty("java.version") + " " + System.getProperty("java.home"))
                .command("pid", w -> ProcessHandle.current().pid())
                .command("cwd", w -> Path.of("").toAbsolutePath())
                .command("clock", w -> clock.report())
                .command("complaints", w -> Complaints.seen())
                .command("say", w -> say(w[1]))
                .command("log", w -> log(Path.of(w[1])))
                .command("line", w -> line())
                .command("map", w -> map(Path.of(w[1])))
                .command("begin-child", w -> beginChild())
                .command("end-child", w -> endChild())
                .command("hear", w -> (char) System.in.read())
                .command("threads", w -> Thread.getAllStackTraces().size())
                .command("exit", w -> exit());
        new SocketCommands(connections, threads).addTo(commands);
        clients.addTo(commands);
    }

    /** Starts a service with the JDK's servers. */
    public static void main(String[] args) throws Exception {
        Service service = new Service(args.length > 0 ? Integer.parseInt(args[0]) : 0).addJdkServers();
        System.out.println("ready " + service.start());
        Thread.sleep(Long.MAX_VALUE);
    }

    /** Adds every kind that this JDK has; TLS if {@code javax.net.ssl.keyStore} is set. */
    public Service addJdkServers() throws Exception {
        add(blocking("socket", 0, threads));
        add(blocking("timeout", 20, threads));
        add(new ChannelServer(threads, connections));
        add(new SelectorServer(connections));
        add(new AsynchronousServer(connections));
        add(new HttpCheckServer());
        Executor virtual = virtualThreads();
        if (virtual != null) {
            add(blocking("virtual", 0, virtual));
        }
        if (System.getProperty("javax.net.ssl.keyStore") != null) {
            ServerSocket tls = javax.net.ssl.SSLServerSocketFactory.getDefault().createServerSocket(0, 256);
            add(new BlockingServer("tls", tls, 0, threads, connections));
        }
        return this;
    }

    /** Adds a server, owned from then on. */
    public Service add(CheckedServer server) {
        servers.add(server);
        return this;
    }

    /** Where more kinds of clients can be added. */
    public ClientCommands clients() {
        return clients;
    }

    /** Begins to take commands. @return the command port */
    public int start() {
        commands.start(threads);
        return commands.port();
    }

    /** Port of the server of this kind. */
    public int port(String kind) {
        return servers.stream().filter(s -> s.kind().equals(kind)).findFirst().orElseThrow().port();
    }

    @Override
    public void close() throws IOException {
        for (CheckedServer server : servers) {
            server.close();
        }
        commands.close();
    }

    private String kinds() {
        StringBuilder told = new StringBuilder();
        servers.forEach(server -> told.append(server.kind()).append('=').append(server.port()).append(' '));
        return told.toString().trim();
    }

    private CheckedServer blocking(String kind, int timeoutMs, Executor executor) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(0), 256);
        return new BlockingServer(kind, listener, timeoutMs, executor, connections);
    }

    private static String say(String word) {
        System.out.println(word);
        return "said";
    }

    private String log(Path path) throws IOException {
        log = new PrintWriter(
                Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true);
        return line();
    }

    private String line() {
        log.println("line " + lines.getAndIncrement());
        return lines.toString();
    }

    /** Keeps a file mapped: it must be the same wherever the process goes. */
    private String map(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            mapped.add(file.map(FileChannel.MapMode.READ_ONLY, 0, file.size()));
        }
        return "mapped " + mapped.size();
    }

    /** A process that shares no descriptor with this one. */
    private long beginChild() throws IOException {
        child = new ProcessBuilder("sleep", "600")
                .redirectInput(new File("/dev/null"))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        return child.pid();
    }

    /** @return its number if it lived until now, 0 if not */
    private long endChild() throws InterruptedException {
        boolean lived = child.isAlive();
        child.destroyForcibly().waitFor();
        return lived ? child.pid() : 0;
    }

    private static String exit() {
        Thread halt = new Thread(() -> {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                // It ends at once then.
            }
            System.exit(0);
        });
        halt.start();
        return "exiting";
    }

    private static Executor daemons() {
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "serve");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Virtual threads exist since 21 and the sources are at 17; null where there are none. */
    private static Executor virtualThreads() throws ReflectiveOperationException {
        try {
            Method factory = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
            return (ExecutorService) factory.invoke(null);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}

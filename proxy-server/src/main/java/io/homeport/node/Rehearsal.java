package io.homeport.node;

import ch.qos.logback.classic.Level;
import io.homeport.ca.CertificateAuthority;
import io.homeport.config.Installation;
import io.homeport.config.NodeConfig;
import io.homeport.files.DirectoryTree;
import io.homeport.local.CommandFailedException;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.service.ServiceDirectory;
import io.homeport.transfer.Transfers;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a small JVM to and fro between two nodes that this process has for that alone, before the daemon's own begins. Whatever a process does
 * for the first time takes it longer (classes are loaded, call sites linked, loops interpreted): the first service that a daemon moves, which is
 * often the only one, would stand still twice as long for that (docs/performance.md).
 *
 * <pre>
 *   this process:   node here ◄── links, TLS, on the loopback ──► node there
 *                      └─────── RehearsedService, there and back ──────┘
 *                                  └ connections to this process
 * </pre>
 *
 * <p>All it makes lies below one directory and is gone when it ends. If it fails that is said, and nothing else comes of it. One thread.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final String HERE = "here";
    private static final String THERE = "there";
    /** Enough for the compiler to take up what is done for each. */
    private static final int CONNECTIONS = 500;

    private static final int TIMEOUT_MS = 10_000;
    private static final int POLL_MS = 20;

    private final NodeConfig config;
    private final Path directory;
    /** Holds the service's name, which no other has: whoever finds the directory can end it. */
    private final Path nameFile;

    private Rehearsal(NodeConfig config) {
        this.config = config;
        this.directory = config.runDir().resolve("rehearsal");
        this.nameFile = directory.resolve("service");
    }

    /** Takes some seconds. @param config of the daemon that is to begin; nothing is done if it wants no rehearsal, or the last one did not end */
    public static void run(NodeConfig config) {
        if (config.rehearse()) {
            new Rehearsal(config).run();
        }
    }

    private void run() {
        long beganNs = System.nanoTime();
        try {
            if (Files.exists(directory)) {
                LOG.warn("a daemon before this one has ended in the midst of a rehearsal: none is tried again until the next start");
                return;
            }
            Files.createDirectories(config.runDir());
            Files.createDirectory(directory, Transfers.PRIVATE);
            Files.writeString(nameFile, "rehearsal-" + UUID.randomUUID());
            quietly(this::perform);
            LOG.info("a move was rehearsed in {} ms", (System.nanoTime() - beganNs) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            LOG.warn("no move could be rehearsed, so the first one will take longer: {}", e.getMessage());
        } finally {
            sweep();
        }
    }

    private interface Act {
        void perform() throws IOException;
    }

    /** What two nodes that nobody knows say of themselves would be taken for what the daemon says. */
    private static void quietly(Act act) throws IOException {
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("io.homeport");
        Level usual = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            act.perform();
        } finally {
            logger.setLevel(usual);
        }
    }

    private void perform() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(directory.resolve("ca"));
        InetSocketAddress here = freeAddress();
        InetSocketAddress there = freeAddress();
        NodeConfig hereConfig = node(authority, HERE, here, THERE, there);
        NodeConfig thereConfig = node(authority, THERE, there, HERE, here);
        try (Node first = new Node(hereConfig); Node second = new Node(thereConfig)) {
            first.start();
            second.start();
            moveToAndFro(hereConfig, thereConfig);
        }
    }

    private void moveToAndFro(NodeConfig here, NodeConfig there) throws IOException {
        List<Socket> peers = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, CONNECTIONS, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(TIMEOUT_MS);
            startService(server.getLocalPort());
            for (int i = 0; i < CONNECTIONS; i++) {
                peers.add(server.accept());
                peers.get(i).setSoTimeout(TIMEOUT_MS);
            }
            requireEchoes(peers);
            move(here, THERE);
            requireEchoes(peers);
            move(there, HERE);
            requireEchoes(peers);
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    private void startService(int port) throws IOException {
        Installation installation = Installation.find();
        new ProcessBuilder(
                        installation.capsule().toString(), "run", "--", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-javaagent:" + installation.agentJar(), "-Dhomeport.name=" + name(), "-Xmx32m", "-XX:+UseSerialGC",
                        "-cp", installation.jar().toString(), RehearsedService.class.getName(), "" + port, "" + CONNECTIONS)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private String name() throws IOException {
        return Files.readString(nameFile);
    }

    /** The links may have to come up first. */
    private void move(NodeConfig from, String to) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        for (boolean moved = false; !moved; ) {
            try {
                new LocalClient(from.socket()).call(new LocalMessage.Migrate(name(), to, false, ""), step -> {}, TIMEOUT_MS);
                moved = true;
            } catch (CommandFailedException notYet) {
                if (System.nanoTime() > endNs) {
                    throw notYet;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
            }
        }
    }

    private static void requireEchoes(List<Socket> peers) throws IOException {
        for (Socket peer : peers) {
            peer.getOutputStream().write(1);
            if (peer.getInputStream().read() != 1) {
                throw new IOException("a moved connection does not answer");
            }
        }
    }

    private void killService() throws IOException {
        String word = "-Dhomeport.name=" + name();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                try {
                    if (ServiceDirectory.commandLine(pid).contains(word)) {
                        Posix.kill(pid, Linux.SIGKILL);
                    }
                } catch (IOException ended) {
                    continue;
                }
            }
        }
    }

    /** Removes what is left, be it of a rehearsal that was cut short: its nodes' journals are mounted then, and its service may stand still. */
    private void sweep() {
        try {
            if (Files.exists(nameFile)) {
                killService();
            }
            for (String node : List.of(HERE, THERE)) {
                JournalMount.remove(Node.journalOf(state(node)));
            }
            DirectoryTree.delete(directory);
        } catch (IOException e) {
            LOG.warn("what is left of a rehearsal stays in {}: {}", directory, e.getMessage());
        }
    }

    private NodeConfig node(CertificateAuthority authority, String name, InetSocketAddress address, String peer, InetSocketAddress peerAddress)
            throws IOException {
        CertificateAuthority.NodeFiles tls = authority.issue(name, directory.resolve(name).resolve("tls"));
        return new NodeConfig(
                name,
                List.of(address),
                Map.of(peer, List.of(new NodeConfig.PeerLink(peerAddress, Optional.empty()))),
                "loadbalance",
                Optional.of(new NodeConfig.Tls(tls.authority(), tls.certificate(), tls.key(), Optional.empty())),
                directory.resolve(name),
                state(name),
                config.criu(),
                false,
                NodeConfig.Limits.DEFAULT,
                NodeConfig.Timeouts.DEFAULT);
    }

    private Path state(String node) {
        return directory.resolve(node).resolve("state");
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), probe.getLocalPort());
        }
    }
}

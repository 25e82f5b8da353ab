package io.homeport.cli;

import io.homeport.config.NodeConfig;
import io.homeport.config.NodeConfigFile;
import io.homeport.faults.Faults;
import io.homeport.keeper.FdStore;
import io.homeport.local.CommandFailedException;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import io.homeport.node.Node;
import io.homeport.node.Rehearsal;
import io.homeport.report.Json;
import io.homeport.report.NodeStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code homeport node}: the daemon, until SIGTERM or SIGINT. The launcher starts it below the keeper, unless systemd keeps. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Run this machine's daemon: it keeps the sockets of what moved away and hosts what moved here.")
final class NodeCommand implements Callable<Integer> {
    /** Names the directory from which a lab's daemon takes the faults of a test. */
    private static final String FAULTS = "homeport.faults";

    private static final long ANSWER_TIMEOUT_MS = 10_000;
    private static final long START_TIMEOUT_MS = 60_000;
    private static final long POLL_MS = 100;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file, YAML (default: /etc/homeport/node.yaml).")
    private Path file = NodeConfig.DEFAULT_FILE;

    @Option(names = "--check", description = "Only read the file and print the effective settings.")
    private boolean check;

    @Option(
            names = "--upgrade",
            description = "Replace the daemon that runs by the version that is installed now; connections go on.")
    private boolean upgrade;

    @Mixin
    private DaemonChoice daemon;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (upgrade) {
            return upgrade(daemon.client());
        }
        NodeConfig config = NodeConfigFile.read(file);
        if (check) {
            System.out.print(NodeConfigFile.print(config));
            return ExitStatus.OK;
        }
        Faults faults = Faults.in(Optional.ofNullable(System.getProperty(FAULTS)).map(Path::of));
        FdStore store = FdStore.fromEnvironment(System.getenv());
        if (!store.hasInherited()) { // there are connections that wait, else
            Rehearsal.run(config);
        }
        Node node = new Node(config, store, faults);
        node.start();
        // SIGTERM and SIGINT run the hooks; the JVM ends when they have.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(node, store), "shutdown"));
        node.awaitEnd();
        return ExitStatus.OK;
    }

    /**
     * Below systemd this may be a restart, and nothing is closed: as after a kill, the next daemon goes on with what it finds. Were the journal
     * closed, what the data loop still reads from the sockets would be lost. If it is the end, systemd closes the sockets, with a reset.
     */
    private static void end(Node node, FdStore store) {
        if (store.keeper() == FdStore.Keeper.SYSTEMD) {
            Runtime.getRuntime().halt(ExitStatus.OK);
        }
        node.close();
    }

    private static int upgrade(LocalClient client) throws InterruptedException {
        long beganNs = System.nanoTime();
        NodeStatus before = Json.read(client.call(new LocalMessage.Upgrade(), step -> {}, ANSWER_TIMEOUT_MS), NodeStatus.class);
        while ((System.nanoTime() - beganNs) / 1_000_000 < START_TIMEOUT_MS) {
            Thread.sleep(POLL_MS);
            try {
                NodeStatus now = Json.read(client.call(new LocalMessage.Status(), step -> {}, ANSWER_TIMEOUT_MS), NodeStatus.class);
                if (now.pid() != before.pid()) {
                    System.out.printf("node %s: version %s (process %d) has taken over from %s (process %d) after %d ms%n", now.node(),
                            now.version(), now.pid(), before.version(), before.pid(), (System.nanoTime() - beganNs) / 1_000_000);
                    return ExitStatus.OK;
                }
            } catch (CommandFailedException notYet) {
                continue;
            }
        }
        throw new CommandFailure(ExitStatus.FAILED, "the new daemon of node " + before.node() + " does not answer within "
                + START_TIMEOUT_MS / 1_000 + " s; its keeper goes on trying, its log says why; connections are kept meanwhile");
    }
}

package io.homeport.cli;

import io.homeport.config.NodeConfig;
import io.homeport.lab.Lab;
import io.homeport.lab.LabPlan;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which daemon a command speaks to: --socket, --node, HOMEPORT_SOCKET, else this machine's. */
final class DaemonChoice {
    private static final long ANSWER_TIMEOUT_MS = 30_000;

    @Option(names = "--socket", paramLabel = "PATH", description = "The daemon's Unix socket (default: $HOMEPORT_SOCKET or /run/homeport/node.sock).")
    private Path socket;

    @Option(names = "--node", paramLabel = "NODE", description = "The daemon of that node of the lab.")
    private String node;

    /** Asks it something that it knows without doing anything. @return the JSON of its answer */
    String ask(LocalMessage question) {
        return client().call(question, step -> {}, ANSWER_TIMEOUT_MS);
    }

    LocalClient client() {
        if (socket != null) {
            return new LocalClient(socket);
        }
        if (node != null) {
            return new LocalClient(Lab.find(LabPlan.defaultName()).node(node).socket());
        }
        String named = System.getenv("HOMEPORT_SOCKET");
        return new LocalClient(named == null || named.isBlank() ? NodeConfig.socketIn(NodeConfig.DEFAULT_RUN_DIR) : Path.of(named));
    }
}

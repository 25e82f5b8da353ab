package io.homeport.cli;

import io.homeport.config.NodeConfig;
import io.homeport.config.NodeConfigFile;
import io.homeport.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code homeport node}: the daemon, until SIGTERM or SIGINT. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Run this machine's daemon: it keeps the sockets of what moved away and hosts what moved here.")
final class NodeCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file, YAML (default: /etc/homeport/node.yaml).")
    private Path file = NodeConfig.DEFAULT_FILE;

    @Option(names = "--check", description = "Only read the file and print the effective settings.")
    private boolean check;

    @Override
    public Integer call() throws IOException, InterruptedException {
        NodeConfig config = NodeConfigFile.read(file);
        if (check) {
            System.out.print(NodeConfigFile.print(config));
            return ExitStatus.OK;
        }
        Node node = new Node(config);
        node.start();
        // SIGTERM and SIGINT run the hooks; the JVM ends when they have.
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        node.awaitEnd();
        return ExitStatus.OK;
    }
}

package io.homeport.node;

import io.homeport.config.NodeConfig;
import io.homeport.local.Caller;
import io.homeport.local.CommandHandler;
import io.homeport.local.Failure;
import io.homeport.local.LocalMessage;
import io.homeport.local.Reply;
import io.homeport.report.Json;
import io.homeport.report.NodeStatus;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Answers the command line for the whole node. Called on the local connections' threads. */
final class NodeCommands implements CommandHandler {
    private final NodeConfig config;

    NodeCommands(NodeConfig config) {
        this.config = config;
    }

    @Override
    public void status(Caller caller, Reply reply) {
        String version = Node.class.getPackage().getImplementationVersion();
        reply.finished(Json.write(new NodeStatus(
                config.name(),
                version == null ? "unpackaged" : version,
                ProcessHandle.current().pid(),
                ManagementFactory.getRuntimeMXBean().getUptime(),
                0,
                List.of())));
    }

    @Override
    public void ps(Caller caller, Reply reply) {
        reply.failed(Failure.FAILED, "this daemon cannot list services yet");
    }

    @Override
    public void migrate(Caller caller, LocalMessage.Migrate request, Reply reply) {
        reply.failed(Failure.FAILED, "this daemon cannot migrate yet");
    }
}

package io.homeport.node;

import io.homeport.config.NodeConfig;
import io.homeport.keeper.FdStore;
import io.homeport.link.LinkFacts;
import io.homeport.link.LinkState;
import io.homeport.link.Links;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.local.Caller;
import io.homeport.local.CommandHandler;
import io.homeport.local.Failure;
import io.homeport.local.LocalMessage;
import io.homeport.local.Reply;
import io.homeport.migration.Migrations;
import io.homeport.report.Json;
import io.homeport.report.NodeStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the command line for the whole node. Called on the local connections' threads. */
final class NodeCommands implements CommandHandler {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCommands.class);
    /** Asks the keeper for a new start at once (RestartForceExitStatus= of a systemd unit). */
    private static final int RESTART_STATUS = 75;

    private final NodeConfig config;
    private final Links links;
    private final FdStore store;
    private final Migrations migrations;
    private final ServiceListing listing;
    private final ServiceCommands services;

    NodeCommands(NodeConfig config, Links links, Migrations migrations, FdStore store) {
        this.config = config;
        this.store = store;
        this.migrations = migrations;
        this.links = links;
        this.listing = new ServiceListing(config.name(), migrations);
        this.services = new ServiceCommands(config.name(), migrations);
    }

    @Override
    public void status(Caller caller, Reply reply) {
        reply.finished(Json.write(status()));
    }

    @Override
    public void upgrade(Caller caller, Reply reply) {
        if (!caller.mayCommand(ProcessHandle.current().pid())) {
            reply.failed(Failure.DENIED, "the daemon is not yours: only root and its own user may replace it");
        } else if (!store.keeps()) {
            reply.failed("nobody keeps this daemon's sockets: start it by 'homeport node', or by systemd with FileDescriptorStoreMax=");
        } else if (migrations.anyLeaving()) {
            reply.failed(Failure.BUSY, "a service is being moved from this node: try again when it has left");
        } else {
            LOG.info("ends to be started anew, at the wish of {}", caller.name());
            reply.finished(Json.write(status()));
            // Nothing is closed: as after a kill, the next daemon goes on with what it finds.
            Runtime.getRuntime().halt(RESTART_STATUS);
        }
    }

    private NodeStatus status() {
        String version = Node.class.getPackage().getImplementationVersion();
        return new NodeStatus(
                config.name(),
                version == null ? "unpackaged" : version,
                ProcessHandle.current().pid(),
                ManagementFactory.getRuntimeMXBean().getUptime(),
                0,
                links.peers().stream().map(this::peer).toList(),
                store.keeper().name().toLowerCase(Locale.ROOT));
    }

    private NodeStatus.PeerStatus peer(Peer peer) {
        boolean up = peer.links().stream()
                .allMatch(link -> link.state() == LinkState.UP && Arrays.stream(TrafficClass.values()).allMatch(link::up));
        List<NodeStatus.LinkStatus> all = links.facts(peer.node()).stream().map(NodeCommands::link).toList();
        return new NodeStatus.PeerStatus(peer.node(), all.get(0).address(), up, all);
    }

    private static NodeStatus.LinkStatus link(LinkFacts facts) {
        return new NodeStatus.LinkStatus(
                facts.name(), facts.address(), facts.state().name(), facts.reason(), facts.sinceMs(),
                facts.roundTripNs() < 0 ? -1 : facts.roundTripNs() / 1_000, facts.sentBytes(), facts.receivedBytes());
    }

    @Override
    public void ps(Caller caller, Reply reply) {
        try {
            reply.finished(Json.write(listing.list(caller)));
        } catch (IOException e) {
            reply.failed(Failure.FAILED, "cannot list the services: " + e.getMessage());
        }
    }

    @Override
    public void migrate(Caller caller, LocalMessage.Migrate request, Reply reply) {
        services.migrate(caller, request, reply);
    }
}

package io.homeport.node;

import io.homeport.config.NodeConfig;
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

/** Answers the command line for the whole node. Called on the local connections' threads. */
final class NodeCommands implements CommandHandler {
    private final NodeConfig config;
    private final Links links;
    private final ServiceListing listing;
    private final ServiceCommands services;

    NodeCommands(NodeConfig config, Links links, Migrations migrations) {
        this.config = config;
        this.links = links;
        this.listing = new ServiceListing(config.name(), migrations);
        this.services = new ServiceCommands(config.name(), migrations);
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
                links.peers().stream().map(this::peer).toList())));
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

package io.homeport.node;

import io.homeport.config.NodeConfig;
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
import java.net.InetSocketAddress;
import java.util.Arrays;

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
        boolean up = Arrays.stream(TrafficClass.values()).allMatch(peer::up);
        InetSocketAddress address = config.peers().get(peer.node());
        return new NodeStatus.PeerStatus(peer.node(), address.getHostString() + ":" + address.getPort(), up);
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

package io.homeport.node;

import io.homeport.config.Installation;
import io.homeport.config.NodeConfig;
import io.homeport.criu.Criu;
import io.homeport.estate.Estate;
import io.homeport.faults.Faults;
import io.homeport.link.Links;
import io.homeport.migration.Migrations;
import io.homeport.migration.contract.ArrivalLimits;
import io.homeport.migration.contract.NodeParts;
import io.homeport.stream.StreamLimits;
import io.homeport.stream.StreamPlane;
import io.homeport.transfer.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** Puts together what a node's migrations need. Used once, at start. */
final class MigrationSetup {
    private MigrationSetup() {}

    /**
     * @throws IOException if there is no CRIU, or a directory cannot be made
     */
    static Migrations of(
            NodeConfig config, Links links, StreamPlane streams, Transfers transfers, Estate estate, Faults faults)
            throws IOException {
        Installation installation = Installation.find();
        return new Migrations(NodeParts.of(
                config.name(),
                links,
                streams,
                transfers,
                criu(config),
                estate,
                faults,
                new NodeParts.Places(
                        Files.createDirectories(config.stateDir().resolve("images")),
                        Files.createDirectories(config.stateDir().resolve("commits")),
                        installation.capsule(),
                        installation.agentJar()),
                Duration.ofMillis(config.timeouts().callTimeoutMs()),
                Duration.ofMillis(config.timeouts().criuTimeoutMs())),
                new ArrivalLimits(config.limits().arrivals(), config.limits().imageLimitBytes()));
    }

    /** The configured limits of a stream; the others are the usual ones. */
    static StreamLimits streamLimits(NodeConfig config) {
        StreamLimits usual = StreamLimits.DEFAULT;
        return new StreamLimits(
                config.limits().windowBytes(),
                (int) Math.min(config.limits().journalLimitBytes(), Integer.MAX_VALUE),
                config.limits().journalTotalBytes(),
                Math.min(usual.ackEveryBytes(), config.limits().windowBytes() / 2),
                usual.ackDelayMs(),
                config.limits().pendingAccepts(),
                usual.orphanCheckMs(),
                usual.attachRetryMs(),
                config.timeouts().linkLossTimeoutMs(),
                config.limits().streams());
    }

    private static Criu criu(NodeConfig config) throws IOException {
        Criu criu = config.criu().isPresent() ? Criu.at(config.criu().get()) : Criu.find();
        criu.check();
        return criu;
    }
}

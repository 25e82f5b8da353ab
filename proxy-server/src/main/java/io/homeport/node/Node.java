package io.homeport.node;

import io.homeport.config.NodeConfig;
import io.homeport.config.NodeConfigFile;
import io.homeport.estate.Estate;
import io.homeport.faults.Faults;
import io.homeport.journal.Journal;
import io.homeport.keeper.FdStore;
import io.homeport.link.Links;
import io.homeport.link.TrafficClass;
import io.homeport.local.LocalServer;
import io.homeport.migration.Migrations;
import io.homeport.stream.StreamPlane;
import io.homeport.transfer.Transfers;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's daemon. Parts are started in this order and closed in the reverse one:
 *
 * <pre>
 *   links ── streams ── migrations ── local socket (last: who can ask finds everything there)
 * </pre>
 *
 * Started and closed by one thread; {@link #awaitEnd} may be another's.
 */
public final class Node implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final NodeConfig config;
    private final FdStore store;
    private final Faults faults;
    private final boolean tookOver;
    private final Deque<Part> running = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** One whose sockets end with it. */
    public Node(NodeConfig config) {
        this(config, FdStore.none(), Faults.NONE);
    }

    /**
     * Nothing happens before {@link #start}.
     *
     * @param store keeps the sockets when the daemon ends, and has those of the daemon before
     * @param faults what goes wrong in tests
     */
    public Node(NodeConfig config, FdStore store, Faults faults) {
        this.config = config;
        this.store = store;
        this.faults = faults;
        this.tookOver = store.hasInherited();
    }

    /**
     * Starts every part.
     *
     * @throws IOException naming the part that could not start; those started before it are closed again, unless a daemon before this one left
     *     something: then the process must end
     */
    public void start() throws IOException {
        long startedNs = System.nanoTime();
        LOG.info("starting on {} with these settings:\n{}", Runtime.version(), NodeConfigFile.print(config).stripTrailing());
        try {
            Files.createDirectories(config.runDir());
            createPrivate(config.stateDir());
            createPrivate(journalOf(config.stateDir()));
            for (String part : List.of("images", "commits")) {
                createPrivate(config.stateDir().resolve(part));
            }
            EventLoopGroup dataLoops = Links.newDataLoopGroup();
            began("data loop", () -> dataLoops.shutdownGracefully(50, 1_000, TimeUnit.MILLISECONDS).awaitUninterruptibly());
            Links links = new Links(LinkSettings.of(config), dataLoops.next());
            began("links", links);
            began("journal's file system", JournalMount.at(
                    journalOf(config.stateDir()), MigrationSetup.streamLimits(config).journalTotalBytes(), store.keeper()));
            Estate estate = Estate.open(journalOf(config.stateDir()), store);
            began("estate", estate);
            Journal journal = Journal.open(estate.journal(), Journal.DEFAULT_CYCLE_BYTES);
            began("journal", journal);
            StreamPlane streams = new StreamPlane(
                    config.name(), (IoEventLoop) links.loop(TrafficClass.STREAM), journal, estate, MigrationSetup.streamLimits(config),
                    links::peer, new SecureRandom());
            began("streams", streams);
            links.register(TrafficClass.STREAM, streams);
            Transfers transfers = new Transfers(config.stateDir().resolve("arrivals"));
            began("transfers", transfers);
            links.register(TrafficClass.BULK, transfers);
            Migrations migrations = MigrationSetup.of(config, links, streams, transfers, estate, faults);
            began("migrations", migrations);
            links.register(migrations.requests());
            links.start();
            NodeCommands commands = new NodeCommands(config, links, migrations, store);
            LocalServer local = new LocalServer(config.socket(), commands, config.limits().localConnections());
            began("local socket", local);
            local.start();
            store.ready();
        } catch (IOException | RuntimeException failed) {
            // With what a daemon before this one left, this is one more that dies: the next one begins where this one did.
            if (!tookOver) {
                close();
            }
            throw failed;
        }
        LOG.info("node {} is up after {} ms", config.name(), (System.nanoTime() - startedNs) / 1_000_000);
    }

    /** Blocks until {@link #close} has ended. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Closes what runs, the last started first; a part that fails to close does not keep the others from it. */
    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            Part part = running.pop();
            try {
                part.closeable.close();
            } catch (IOException | RuntimeException failed) {
                LOG.warn("{} did not close cleanly", part.name, failed);
            }
        }
        ended.countDown();
    }

    /** Where the journal's file system is mounted. */
    static Path journalOf(Path stateDir) {
        return stateDir.resolve("journal");
    }

    /** Process images hold whatever the process had in memory: for nobody else's eyes. */
    private static void createPrivate(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private void began(String name, Closeable closeable) {
        running.push(new Part(name, closeable));
        LOG.info("{} started", name);
    }

    private record Part(String name, Closeable closeable) {}
}

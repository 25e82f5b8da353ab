package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One test's story: a service on alpha, its clients, its moves. Prints its seed. One test thread; {@link #close} ends both.
 *
 * <pre>
 *   try (Move move = Move.prepare(harbour, launch)) {
 *       move.connectToAll("selector");
 *       move.along("beta", "gamma", "alpha");
 *       move.check();
 *   }
 * </pre>
 */
final class Move implements AutoCloseable {
    /** The whole way round: two hops between strangers, and home. */
    static final String[] ROUND = {Harbour.BETA, Harbour.GAMMA, Harbour.ALPHA};

    private final Harbour harbour;
    private final MovedService service;
    private final Fleet fleet;
    private final List<ClientsElsewhere> elsewhere = new ArrayList<>();

    private Move(Harbour harbour, MovedService service, long seed) {
        this.harbour = harbour;
        this.service = service;
        this.fleet = new Fleet(seed);
    }

    /** Starts the service on alpha. */
    static Move prepare(Harbour harbour, Launch launch) throws Exception {
        long seed = Long.getLong("homeport.system.seed", System.nanoTime());
        System.out.printf("%s on %s, %s: -Dhomeport.system.seed=%d%n", launch.main().getSimpleName(), launch.jdk(), launch.manner(), seed);
        return new Move(harbour, MovedService.start(harbour, launch), seed);
    }

    MovedService service() {
        return service;
    }

    Fleet fleet() {
        return fleet;
    }

    /** Connects an active and an idle client over IPv4 and an active one over IPv6 to the server of this kind. */
    void connect(String kind) throws Exception {
        InetAddress address = harbour.address(Harbour.ALPHA);
        fleet.connect(kind + " active", address, service.port(kind), Pace.ACTIVE);
        fleet.connect(kind + " idle", address, service.port(kind), Pace.IDLE);
        fleet.connect(kind + " active IPv6", harbour.address6(Harbour.ALPHA), service.port(kind), Pace.ACTIVE);
    }

    /** Connects as many clients of one pace as wanted. */
    List<CheckedClient> connect(String kind, Pace pace, int count) throws Exception {
        List<CheckedClient> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(fleet.connect(kind + " " + pace + " " + i, harbour.address(Harbour.ALPHA), service.port(kind), pace));
        }
        return made;
    }

    /** Starts a JVM with clients in another node, one to each of these kinds. */
    void connectFrom(String node, String... kinds) throws Exception {
        elsewhere.add(ClientsElsewhere.start(harbour, node, service, fleet.nextSeed(), kinds));
    }

    /** Moves the service from node to node; between two moves everybody must make progress. */
    void along(String... nodes) throws Exception {
        for (String node : nodes) {
            hop(node);
        }
    }

    /** Ends every conversation and checks both directions of each. */
    void check() throws Exception {
        for (ClientsElsewhere clients : elsewhere) {
            clients.finish();
        }
        long bytes = fleet.finish();
        System.out.printf("%s: %,d bytes checked%n", service.name(), bytes);
        assertThat(service.complaints()).as("what the service ran into").isEqualTo("[]");
    }

    @Override
    public void close() throws Exception {
        for (ClientsElsewhere clients : elsewhere) {
            clients.close();
        }
        fleet.close();
        service.close();
    }

    private void hop(String node) throws Exception {
        fleet.assertProgress("before the move to " + node);
        fleet.takeLongestSilenceMs();
        String from = service.node();
        service.moveTo(node);
        fleet.assertProgress("after the move from " + from + " to " + node);
        System.out.printf("%s %s -> %s: silence %d ms%n", service.name(), from, node, fleet.takeLongestSilenceMs());
        assertThat(service.ask("clock")).as("the service's clock on " + node).contains("backwards=0 ");
    }
}

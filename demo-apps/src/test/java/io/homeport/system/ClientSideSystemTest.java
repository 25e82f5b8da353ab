package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.system.thirdparty.ThirdPartyService;
import io.homeport.workload.service.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The moved service is the client: of servers of ours, and of a real PostgreSQL and a real Redis, all outside of the lab. */
@ExtendWith(HarbourExtension.class)
class ClientSideSystemTest {
    private static Databases databases;

    @BeforeAll
    static void startDatabases(Harbour harbour) throws Exception {
        databases = Databases.start(harbour.hostAddress());
    }

    @AfterAll
    static void stopDatabases() throws Exception {
        if (databases != null) {
            databases.close();
        }
    }

    @ParameterizedTest
    @MethodSource("io.homeport.system.Jdk#found")
    void shouldKeepTheConnectionsOfClients(Jdk jdk, Harbour harbour) throws Exception {
        try (Service outside = new Service(0).addJdkServers();
                Move move = Move.prepare(harbour, Launch.of(jdk, ThirdPartyService.class))) {
            MovedService service = move.service();
            List<String> clients = new ArrayList<>();
            start(service, clients, "socket", harbour.hostAddress(), outside.port("selector"));
            start(service, clients, "idle", harbour.hostAddress(), outside.port("socket"));
            start(service, clients, "channel", harbour.hostAddress6(), outside.port("asynchronous"));
            start(service, clients, "httpclient", harbour.hostAddress(), outside.port("http"));
            start(service, clients, "urlconnection", harbour.hostAddress(), outside.port("http"));
            start(service, clients, "apache", harbour.hostAddress(), outside.port("http"));
            start(service, clients, "postgres", harbour.hostAddress(), databases.postgresPort());
            start(service, clients, "redis", harbour.hostAddress(), databases.redisPort());
            for (String node : Move.ROUND) {
                move.along(node);
                // A while on each node, so that each client has exchanged something there.
                Thread.sleep(700);
            }
            for (String client : clients) {
                assertThat(service.ask("client-stop " + client)).as(client).startsWith("right ");
            }
            move.check();
        }
    }

    private static void start(MovedService service, List<String> clients, String kind, String host, int port) {
        String name = kind + "-" + clients.size();
        service.ask("client " + name + " " + kind + " " + host + " " + port + " "
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        clients.add(name);
    }
}

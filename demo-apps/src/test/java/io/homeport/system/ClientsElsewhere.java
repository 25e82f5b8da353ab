package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.service.Clients;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Checked clients in a JVM of their own in another node. One test thread; {@link #close} ends what {@link #finish} has not. */
final class ClientsElsewhere implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private ClientsElsewhere(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream()));
    }

    /** Starts them and waits until they are connected. */
    static ClientsElsewhere start(Harbour harbour, String node, MovedService service, long seed, String... kinds) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Jdk.oldest().program("java"), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", harbour.serviceClassPath(),
                Clients.class.getName(), harbour.address(Harbour.ALPHA).getHostAddress(), Long.toHexString(seed)));
        for (String kind : kinds) {
            words.add(kind + "=" + service.port(kind));
        }
        ClientsElsewhere clients = new ClientsElsewhere(harbour.exec(node, words).redirectErrorStream(true).start());
        assertThat(clients.out.readLine()).as("clients on %s", node).isEqualTo("connected");
        return clients;
    }

    /** Ends their conversations and requires that all were right. */
    void finish() throws Exception {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        List<String> told = out.lines().toList();
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(told.toString()).isZero();
    }

    @Override
    public void close() {
        process.destroy();
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Which way the bytes go: between the origin and the process's node only, and straight to the process when it is at home.
 */
@ExtendWith(HarbourExtension.class)
class DetourSystemTest {
    private static final long ENOUGH_BYTES = 40_000_000;
    /** What beta may exchange for itself meanwhile: keepalives of its links. */
    private static final long IDLE_BYTES = 500_000;

    @Test
    void shouldNotPassThroughANodeThatTheProcessHasLeft(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            CheckedClient flood = move.connect("socket", Pace.FLOOD, 1).get(0);
            move.along(Harbour.BETA);
            assertThat(bytesThrough(harbour, Harbour.BETA, flood)).as("through beta, its host").isGreaterThan(ENOUGH_BYTES);
            move.along(Harbour.GAMMA);
            assertThat(bytesThrough(harbour, Harbour.BETA, flood)).as("through beta, which it has left").isLessThan(IDLE_BYTES);
            move.along(Harbour.ALPHA);
            assertThat(bytesThrough(harbour, Harbour.GAMMA, flood)).as("through gamma, which it has left").isLessThan(IDLE_BYTES);
            assertThat(owners(harbour, flood)).as("who owns the real socket at home").doesNotContain("homeport");
            move.check();
        }
    }

    private static long bytesThrough(Harbour harbour, String node, CheckedClient flood) throws Exception {
        long before = harbour.trafficBytes(node);
        long until = flood.receivedBytes() + ENOUGH_BYTES;
        while (flood.receivedBytes() < until) {
            assertThat(flood.problem()).isNull();
            Thread.sleep(20);
        }
        return harbour.trafficBytes(node) - before;
    }

    /** Command lines of all processes at alpha that hold the connection's socket: the service's alone. */
    private static String owners(Harbour harbour, CheckedClient client) throws Exception {
        int port = client.socket().getLocalPort();
        String script = "inode=$(ss -tnoeH state established dport = :" + port + " | grep -o 'ino:[0-9]*' | cut -d: -f2)\n"
                + "test -n \"$inode\" || { echo 'homeport: no such socket'; exit; }\n"
                + "for p in /proc/[0-9]*; do ls -l $p/fd 2>/dev/null | grep -q \"socket:.$inode.\" && tr '\\0' ' ' <$p/cmdline\n done; true";
        String owners = harbour.shell(Harbour.ALPHA, script).output();
        assertThat(owners).contains(Service.class.getName());
        return owners.replace("homeport-agent.jar", "").replace("homeport.name", "").replace("homeport-capsule", "")
                .replaceAll("-cp \\S+", "").replace(Service.class.getName(), "").replaceAll("-javaagent:\\S+", "");
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.system.Launch.Manner;
import io.homeport.workload.service.Service;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** JVMs started without a capsule: with {@code -javaagent} alone, and without any agent, which is attached for the move. */
@ExtendWith(HarbourExtension.class)
class LateAttachSystemTest {
    static Stream<Arguments> startsWithoutCapsule() {
        return Jdk.found().stream().flatMap(jdk -> Stream.of(Manner.AGENT, Manner.BARE).map(manner -> Arguments.of(jdk, manner)));
    }

    @ParameterizedTest
    @MethodSource("startsWithoutCapsule")
    void shouldMoveAServiceThatWasStartedPlainly(Jdk jdk, Manner manner, Harbour harbour) throws Exception {
        Launch launch = Launch.of(jdk, Service.class).with(manner);
        try (Move move = Move.prepare(harbour, launch)) {
            for (String kind : new String[] {"socket", "channel", "selector", "asynchronous"}) {
                move.connect(kind);
            }
            takePids(harbour, move.service().pid());
            move.along(Move.ROUND);
            assertThat(move.service().ask("clock")).contains("backwards=0 ");
            move.check();
        }
    }

    /** Makes sure that the service's PID, and thread ids after it, are taken on the nodes that it will come to. */
    private static void takePids(Harbour harbour, long pid) throws Exception {
        if (Harbour.STILL) {
            return;
        }
        for (String node : new String[] {Harbour.BETA, Harbour.GAMMA}) {
            String script = "for i in 1 2 3 4; do echo " + (pid - 1) + " > /proc/sys/kernel/ns_last_pid; sleep 60 >/dev/null & done; "
                    + "test -d /proc/" + pid + " && echo taken";
            assertThat(harbour.shell(node, "(" + script + ") </dev/null 2>/dev/null; true").output()).contains("taken");
        }
    }
}

package io.homeport.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.homeport.capsule.Capsule;
import io.homeport.config.Installation;
import io.homeport.criu.Criu;
import io.homeport.criu.CriuException;
import io.homeport.criu.DumpRequest;
import io.homeport.criu.RestoreRequest;
import io.homeport.criu.Restored;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM goes through CRIU under load: sockets out, dump, the source killed, restore, sockets back, all in this one network namespace. */
@Timeout(120)
class SwapOverCriuSystemTest {
    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldGoOnWithEverySocketAfterDumpAndRestore(Path javaHome) throws Exception {
        Criu criu = criu();
        List<EchoLoad> loads = new ArrayList<>();
        Restored copy = null;
        try (ForeignJvm jvm = new ForeignJvm(javaHome, ForeignJvm.agentOption(), EchoMain.class)) {
            String[] ports = jvm.line().split(" ");
            for (int i = 0; i < 6; i++) {
                loads.add(new EchoLoad(Integer.parseInt(ports[i % 2]), i));
            }
            SwapSystemTest.awaitProgress(loads);
            List<TestSwap.Swapped> swapped;
            try (AgentControl agent = SwapSystemTest.agent(jvm)) {
                swapped = TestSwap.socketsOut(agent);
            }
            Path images = jvm.folder().resolve("images");
            criu.dump(new DumpRequest(jvm.pid, images));
            Posix.kill(jvm.pid, Linux.SIGKILL);
            copy = criu.restore(new RestoreRequest(images, Installation.find().capsule()), Map.of());
            // Arrives while the process is on the road, and is served when it is there.
            EchoLoad late = new EchoLoad(Integer.parseInt(ports[0]), 77);
            loads.add(late);
            try (AgentControl agent = AgentControl.open(copy.pid())) {
                TestSwap.socketsIn(agent, swapped, new Random(11));
                SwapSystemTest.awaitProgress(loads);
                assertThat(agent.describe()).containsEntry("pid", Integer.toString(copy.innermostPid()));
                agent.instrument();
            }
            for (EchoLoad load : loads) {
                load.finish();
            }
            assertThat(jvm.errors()).isEmpty();
        } finally {
            for (EchoLoad load : loads) {
                load.close();
            }
            if (copy != null) {
                new Capsule(copy.initPid()).kill();
            }
        }
    }

    private static Criu criu() {
        try {
            return Criu.find();
        } catch (CriuException none) {
            if ("true".equals(System.getenv("CI"))) {
                fail("with CI=true this must run, but " + none.getMessage());
            }
            Assumptions.abort(none.getMessage());
            return null;
        }
    }
}

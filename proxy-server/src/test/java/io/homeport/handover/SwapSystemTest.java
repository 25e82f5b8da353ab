package io.homeport.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Takes the sockets out of a JVM under load and puts them back, many times: what a migration that is rolled back does. */
@Timeout(300)
class SwapSystemTest {
    private static final int SWAPS = 200;
    private static final int LOADS = 6;
    private static final int LISTENERS = 2;
    private static final int NUMBERS_FOR_CRIU = 16;

    private final Random random = new Random(42);

    @ParameterizedTest
    @MethodSource("io.homeport.handover.ForeignJvm#javaHomes")
    void shouldTakeSocketsOutAndPutThemBackUnderLoad(Path javaHome) throws Exception {
        List<EchoLoad> loads = new ArrayList<>();
        try (ForeignJvm jvm = new ForeignJvm(javaHome, ForeignJvm.agentOption(), EchoMain.class);
                AgentControl agent = agent(jvm)) {
            String[] ports = jvm.line().split(" ");
            for (int i = 0; i < LOADS; i++) {
                loads.add(new EchoLoad(Integer.parseInt(ports[i % 2]), i));
            }
            for (EchoLoad load : loads) {
                await().until(() -> load.verified.get() > 0);
            }
            int fds = FdTable.read(jvm.pid).size();
            for (int i = 0; i < SWAPS; i++) {
                List<TestSwap.Swapped> swapped = TestSwap.socketsOut(agent);
                List<TestSwap.Swapped> sockets = swapped.stream().filter(TestSwap.Swapped::socket).toList();
                assertThat(sockets).hasSize(LOADS + LISTENERS);
                assertFreeForCriu(agent, sockets.stream().map(one -> one.place().fd()).toList());
                Thread.sleep(random.nextInt(3));
                TestSwap.socketsIn(agent, swapped, random);
                // All of them every now and then: waiting for each costs most of the time on a busy machine.
                awaitProgress(i % 20 == 0 ? loads : List.of(loads.get(random.nextInt(LOADS))));
            }
            for (EchoLoad load : loads) {
                load.finish();
            }
            await().untilAsserted(() -> assertThat(FdTable.read(jvm.pid)).hasSize(fds - LOADS));
            assertThat(jvm.errors()).isEmpty();
        } finally {
            for (EchoLoad load : loads) {
                load.close();
            }
        }
    }

    /** Its code opens files at the lowest free numbers, which are not those of the sockets; the highest of these keeps room for all in the copy's table. */
    private static void assertFreeForCriu(AgentControl agent, List<Integer> numbers) throws IOException {
        List<Integer> open = FdTable.read(agent.pid()).stream().map(OpenFile::fd).toList();
        int highest = Collections.max(numbers);
        assertThat(open).contains(highest).doesNotContainAnyElementsOf(numbers.stream().filter(number -> number != highest).toList());
        assertThat(IntStream.range(0, Collections.min(numbers)).filter(number -> !open.contains(number)).count())
                .isGreaterThanOrEqualTo(NUMBERS_FOR_CRIU);
    }

    /** The agent's thread is there a little after main has begun printing at the latest, since premain comes before main. */
    static AgentControl agent(ForeignJvm jvm) {
        return await().ignoreExceptions().until(() -> AgentControl.open(jvm.pid), agent -> true);
    }

    static void awaitProgress(List<EchoLoad> loads) throws Exception {
        for (EchoLoad load : loads) {
            long before = load.verified.get();
            for (long deadline = System.nanoTime() + 10_000_000_000L; load.verified.get() == before && load.failure == null; Thread.sleep(1)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("load " + loads.indexOf(load) + " stalled after " + before + " bytes");
                }
            }
            assertThat(load.failure).isNull();
        }
    }
}

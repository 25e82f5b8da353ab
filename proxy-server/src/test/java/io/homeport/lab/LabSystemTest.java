package io.homeport.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.homeport.report.NodeStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nodes are hosts of their own, and nothing of them stays behind. */
class LabSystemTest {
    private static final String NAME = "labtest";
    private static Lab lab;

    @BeforeAll
    static void up() {
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(System.getProperty("user.name")).as("a lab needs root").isEqualTo("root");
        }
        lab = Lab.up(LabPlan.of("alpha", "beta").withName(NAME).withSettings("timeouts: {probeIntervalMs: 500}"));
    }

    @AfterAll
    static void down() throws IOException {
        if (lab != null) {
            String bridge = NetworkInterface.getByInetAddress(java.net.InetAddress.getByName(lab.hostAddress())).getName();
            lab.close();
            assertThat(NetworkInterface.getByName(bridge)).isNull();
            assertThat(LabState.directory(NAME)).doesNotExist();
            assertThat(lab.nodes()).noneMatch(LabNode::alive);
        }
    }

    @Test
    void shouldGiveEachNodeItsOwnNameAddressesAndPrivateDirectories() throws Exception {
        assertThat(output("alpha", "hostname")).isEqualTo("alpha");
        assertThat(output("alpha", "cat", "/etc/hosts")).contains(lab.node("beta").address().getHostAddress() + " beta");
        for (String directory : List.of("/tmp", "/run", "/var/tmp", "/dev/shm")) {
            assertThat(output("alpha", "touch", directory + "/mine")).isEmpty();
            assertThat(lab.node("alpha").inside(directory + "/mine")).exists();
            assertThat(lab.node("beta").inside(directory + "/mine")).doesNotExist();
            assertThat(Path.of(directory + "/mine")).doesNotExist();
        }
        assertThat(output("beta", "bash", "-c", "ls -d /proc/[0-9]* | wc -l")).matches("[0-9]{1,2}");
    }

    @Test
    void shouldLetTheHostReachANodesServers() throws Exception {
        Path classes = Path.of(GreetingServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process server = lab.exec("beta", "java", "-cp", classes.toString(), GreetingServer.class.getName(), "9999").start();
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("ready");
            assertThat(told(lab.node("beta").address())).endsWith(lab.hostAddress());
            assertThat(told(lab.node("beta").address6())).startsWith("fd77:").endsWith("fe");
        } finally {
            server.destroy();
        }
        assertThat(server.waitFor()).isEqualTo(128 + 15); // a JVM ends so on SIGTERM
    }

    @Test
    void shouldPassInputStatusAndSignalsOn() throws Exception {
        Process cat = lab.exec("alpha", "cat").start();
        try (var in = cat.outputWriter()) {
            in.write("through");
        }
        assertThat(text(cat)).isEqualTo("through");
        assertThat(lab.exec("alpha", "bash", "-c", "exit 42").start().waitFor()).isEqualTo(42);
        assertThat(lab.exec("alpha", "bash", "-c", "kill -KILL $$").start().waitFor()).isEqualTo(128 + 9);

        Process trap = lab.exec("alpha", "bash", "-c", "trap 'exit 7' TERM; echo set; while :; do sleep 0.05; done").start();
        assertThat(trap.inputReader().readLine()).isEqualTo("set");
        trap.destroy();
        assertThat(trap.waitFor()).isEqualTo(7);
    }

    @Test
    void shouldOpenStandardFilesAgainInsideTheNode() throws Exception {
        Path log = Files.createTempFile(Path.of(""), "lab", ".log").toAbsolutePath();
        String ownMounts = "for fd in 0 1 2; do id=$(sed -n 's/mnt_id:\t//p' /proc/$$/fdinfo/$fd);"
                + " grep -c \"^$id \" /proc/self/mountinfo; done";
        try {
            Files.writeString(log, "before\n");
            lab.exec("alpha", "bash", "-c", ownMounts)
                    .redirectInput(new java.io.File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            assertThat(log).hasContent("before\n1\n1\n1\n");
        } finally {
            Files.delete(log);
        }
    }

    @Test
    void shouldTellTheCommandsWhereTheyAre() throws Exception {
        assertThat(output("beta", "bash", "-c", "echo $HOMEPORT_LAB $HOMEPORT_NODE $HOMEPORT_SOCKET; pwd; command -v homeport"))
                .startsWith(NAME + " beta /run/homeport/node.sock\n" + System.getProperty("user.dir") + "\n")
                .endsWith("/homeport");
    }

    @Test
    void shouldBuryOrphans() throws Exception {
        output("alpha", "bash", "-c", "for i in 1 2 3 4 5; do (sleep 0.01 &) ; done");
        Thread.sleep(200);
        assertThat(output("alpha", "bash", "-c", "grep -l '^State:.*zombie' /proc/[0-9]*/status 2>/dev/null | wc -l")).isEqualTo("0");
    }

    @Test
    void shouldRestartADaemon() {
        LabDaemon daemon = lab.node("beta").daemon();
        NodeStatus before = daemon.status().orElseThrow();
        daemon.end("KILL");
        assertThat(daemon.status()).isEmpty();
        daemon.start();
        daemon.awaitAnswer(Duration.ofSeconds(30));
        daemon.awaitLinks(Duration.ofSeconds(30));
        assertThat(daemon.status().orElseThrow().pid()).isNotEqualTo(before.pid());
    }

    @Test
    void shouldRefuseToBeUpTwiceAndCleanUpAfterACrash() throws Exception {
        assertThatThrownBy(() -> Lab.up(LabPlan.of("alpha").withName(NAME))).hasMessageContaining("is up already");
        Lab crashing = Lab.up(LabPlan.of("one", "two").withName(NAME + "2").withoutDaemons());
        String address = crashing.hostAddress();
        ProcessHandle.of(crashing.node("one").initPid()).orElseThrow().destroyForcibly();
        while (crashing.node("one").alive()) {
            Thread.sleep(10);
        }
        assertThatThrownBy(() -> Lab.find(NAME + "2")).hasMessageContaining("node one").hasMessageContaining("lab down");
        try (Lab again = Lab.up(LabPlan.of("three").withName(NAME + "2").withoutDaemons())) {
            assertThat(again.hostAddress()).isEqualTo(address);
            assertThat(crashing.node("two").alive()).isFalse();
        }
        assertThat(Lab.down(NAME + "2")).isFalse();
    }

    @Test
    void shouldLeaveNothingOfALabThatDidNotComeUp() {
        assertThatThrownBy(() -> Lab.up(LabPlan.of("a").withName(NAME + "3").withSettings("nonsense: 1")))
                .hasMessageContaining("nonsense is unknown here");
        assertThat(LabState.directory(NAME + "3")).doesNotExist();
    }

    @Test
    void shouldSeeACheckoutBelowTmp() throws Exception {
        Path below = Files.createTempDirectory("homeport-lab-test");
        Path beside = Files.createTempFile("homeport-lab-test", "beside");
        Files.writeString(below.resolve("here"), "seen");
        String before = System.getProperty("user.dir");
        System.setProperty("user.dir", below.toString());
        try (Lab other = Lab.up(LabPlan.of("a").withName(NAME + "4").withoutDaemons())) {
            assertThat(text(other.exec("a", "cat", "here").start())).isEqualTo("seen");
            assertThat(text(other.exec("a", "ls", "/tmp").start()).lines())
                    .contains(below.getFileName().toString())
                    .doesNotContain(beside.getFileName().toString());
        } finally {
            System.setProperty("user.dir", before);
            Files.delete(below.resolve("here"));
            Files.delete(below);
            Files.delete(beside);
        }
    }

    private static String told(java.net.InetAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, 9999), 5_000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String output(String node, String... command) throws IOException, InterruptedException {
        Process process = lab.exec(node, command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = text(process);
        process.waitFor();
        return text.strip();
    }

    private static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}

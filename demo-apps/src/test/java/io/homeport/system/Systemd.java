package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.config.Installation;
import io.homeport.lab.LabNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A real systemd, PID 1 of a lab node, and the daemon's unit below it as docs/reliability.md has it. It ends with the lab. One test thread;
 * {@link #close} removes its cgroups and is called when the lab is gone.
 */
final class Systemd implements AutoCloseable {
    private static final String UNIT = "homeport.service";
    private static final Path PROGRAM = Path.of("/lib/systemd/systemd");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a service's default dependencies name, without all that a machine's own pull in. */
    private static final List<String> TARGETS = List.of("sysinit.target", "basic.target", "node.target");

    private final Harbour harbour;
    private final LabNode node;

    private Systemd(Harbour harbour, LabNode node) {
        this.harbour = harbour;
        this.node = node;
    }

    /** Without systemd on this machine the test is skipped, or fails if {@code CI=true}. */
    static void require() {
        if (!Files.isExecutable(PROGRAM)) {
            String lacking = "there is no " + PROGRAM + ": apt-get install systemd";
            assertThat(System.getenv("CI")).as(lacking).isNotEqualTo("true");
            Assumptions.abort("cannot run here: " + lacking);
        }
    }

    /** Has a node's PID 1 become systemd and gives it the unit, which is not started. The node has no daemon. */
    static Systemd of(Harbour harbour, String name) throws Exception {
        LabNode node = harbour.node(name);
        Systemd systemd = new Systemd(harbour, node);
        systemd.writeUnits();
        try (InputStream script = Systemd.class.getResourceAsStream("systemd-init.sh")) {
            Files.copy(script, node.directory().resolve("init"));
        }
        assertThat(new ProcessBuilder("kill", "-USR1", Long.toString(node.initPid())).inheritIO().start().waitFor()).isZero();
        await("systemd in node " + name).atMost(PATIENCE).until(() -> !node.alive() || systemd.running());
        assertThat(node.alive()).as("systemd does not run here: %s", systemd.log()).isTrue();
        harbour.shell(name, "umount /proc/sys/fs; hostname " + name);
        return systemd;
    }

    /** Runs {@code systemctl VERB homeport.service} and requires that it succeeds. */
    void control(String verb) throws Exception {
        Harbour.Ended ended = harbour.run(node.name(), "systemctl", verb, UNIT);
        assertThat(ended.status()).as("systemctl %s: %s%n%s%n%s", verb, ended.output(), status(), node.log()).isZero();
    }

    /** A property of the unit. */
    String show(String property) throws Exception {
        return harbour.run(node.name(), "systemctl", "show", "--value", "--property", property, UNIT).output().strip();
    }

    /** How many descriptors are kept for the daemon. */
    int kept() throws Exception {
        return Integer.parseInt(show("NFileDescriptorStore"));
    }

    /** The daemon, as the node numbers it; 0 while none runs. */
    long daemonPid() throws Exception {
        return Long.parseLong(show("MainPID"));
    }

    /** Sends the daemon a signal. False if none runs just now. */
    boolean signal(String signal) throws Exception {
        long pid = daemonPid();
        return pid != 0 && harbour.shell(node.name(), "kill -" + signal + " " + pid).status() == 0;
    }

    @Override
    public void close() throws Exception {
        String cgroup = node.directory().toString().replaceFirst("/run/", "").replace('/', '-');
        String removal = "mount -t cgroup2 cgroup2 /mnt && find \"/mnt/$0\" -depth -type d -exec rmdir {} +";
        assertThat(new ProcessBuilder("unshare", "--mount", "/bin/bash", "-c", removal, cgroup).inheritIO().start().waitFor()).isZero();
    }

    private boolean running() throws Exception {
        return Files.exists(node.inside("/run/systemd/private"))
                && harbour.run(node.name(), "systemctl", "is-active", "node.target").status() == 0;
    }

    private String status() throws Exception {
        return harbour.run(node.name(), "systemctl", "status", UNIT).output();
    }

    private String log() throws IOException {
        return Files.readString(node.directory().resolve("systemd.log"));
    }

    private void writeUnits() throws IOException {
        Path units = Files.createDirectories(node.directory().resolve("units"));
        for (String target : TARGETS) {
            Files.writeString(units.resolve(target), "[Unit]\nDescription=Nothing\nDefaultDependencies=no\n");
        }
        Files.writeString(units.resolve(UNIT), documented());
        // What a lab's node has elsewhere than a machine.
        Files.writeString(Files.createDirectories(units.resolve(UNIT + ".d")).resolve("lab.conf"), """
                [Service]
                ExecStart=
                ExecStart=%s node --config %s
                Environment=JAVA_HOME=%s HOMEPORT_NO_BUILD=1 HOMEPORT_NODE_OPTS=-Dhomeport.faults=%s
                StandardOutput=append:%s
                StandardError=inherit
                """.formatted(Installation.find().launcher(), node.directory().resolve("node.yaml"), System.getProperty("java.home"),
                        node.faults(), node.log()));
    }

    /** The unit of docs/reliability.md. */
    private static String documented() throws IOException {
        String text = Files.readString(Installation.find().launcher().resolveSibling("docs/reliability.md"));
        int start = text.indexOf("```ini\n") + "```ini\n".length();
        return text.substring(start, text.indexOf("```\n", start));
    }
}

package io.homeport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.homeport.config.NodeConfigFile;
import io.homeport.node.Node;
import io.homeport.report.Json;
import io.homeport.report.ServiceList;
import io.homeport.wire.FrameLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user that is not root can do with root's daemon: asked by processes that really are another user's. */
@Timeout(120)
class OtherUserTest {
    private static final int NOBODY = 65_534;

    /** Sends a request to a socket and prints the answer, both in hex; needs nothing that only root may read. */
    private static final String KNOCK = """
            import java.net.UnixDomainSocketAddress;
            import java.nio.ByteBuffer;
            import java.nio.channels.SocketChannel;
            import java.util.HexFormat;

            class Knock {
                public static void main(String[] args) throws Exception {
                    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(args[0]))) {
                        channel.write(ByteBuffer.wrap(HexFormat.of().parseHex(args[1])));
                        ByteBuffer answer = ByteBuffer.allocate(1 << 20);
                        while (channel.read(answer) >= 0) { }
                        System.out.print(HexFormat.of().formatHex(answer.array(), 0, answer.position()));
                    }
                }
            }
            """;

    /** A service, as soon as it runs with the agent. */
    private static final String SERVICE = """
            class Service {
                public static void main(String[] args) throws Exception {
                    Thread.sleep(1_000_000);
                }
            }
            """;

    private static final Path AGENT = Path.of("../agent/target/homeport-agent.jar").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    private Node node;

    @BeforeEach
    void open() throws IOException {
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(System.getProperty("user.name")).as("another user's processes take root").isEqualTo("root");
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("Knock.java"), KNOCK);
        Path file = Files.writeString(directory.resolve("node.yaml"), "name: alpha\nlisten: 127.0.0.1:0\ntls: off\nrunDir: run\n");
        node = new Node(NodeConfigFile.read(file));
        node.start();
    }

    @AfterEach
    void close() {
        started.forEach(Process::destroyForcibly);
        if (node != null) {
            node.close();
        }
    }

    @Test
    void shouldNotMoveOrExamineAnotherUsersProcess() throws Exception {
        for (boolean dryRun : new boolean[] {true, false}) {
            LocalMessage.Failed refused = (LocalMessage.Failed) asNobody(migrate(ProcessHandle.current().pid(), dryRun));
            assertThat(refused.kind()).isEqualTo(Failure.DENIED);
            assertThat(refused.text()).contains("is not yours", "only root and its own user may move it");
        }
    }

    @Test
    void shouldLetAUserCommandItsOwnProcess() throws Exception {
        Process own = nobody("sleep", "100");
        LocalMessage.Failed failed = (LocalMessage.Failed) asNobody(migrate(own.pid(), true));
        assertThat(failed.kind()).as(failed.text()).isNotEqualTo(Failure.DENIED);
    }

    @Test
    void shouldNotListAnotherUsersServices() throws Exception {
        Files.writeString(directory.resolve("Service.java"), SERVICE);
        String java = System.getProperty("java.home") + "/bin/java";
        Process roots = new ProcessBuilder(java, "-javaagent:" + AGENT, "-XX:TieredStopAtLevel=1", directory.resolve("Service.java").toString()).start();
        started.add(roots);
        LocalClient root = new LocalClient(directory.resolve("run/node.sock"));
        await().atMost(Duration.ofSeconds(60)).until(() -> pids(root.call(new LocalMessage.Ps(), step -> {})).contains(roots.pid()));

        String json = ((LocalMessage.Finished) asNobody(new LocalMessage.Ps())).json();
        assertThat(pids(json)).isEmpty();
    }

    @Test
    void shouldLetNobodyReadItsFiles() throws Exception {
        Path state = directory.resolve("run/state");
        // Nobody gets past this one, whatever the modes below it are.
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state))).isEqualTo("rwx------");
        Process ls = nobody("ls", state.toString());
        assertThat(new String(ls.getErrorStream().readAllBytes())).contains("Permission denied");
        assertThat(ls.getInputStream().readAllBytes()).isEmpty();
    }

    private static List<Long> pids(String ps) {
        return Json.read(ps, ServiceList.class).services().stream().map(ServiceList.Service::pid).toList();
    }

    private static LocalMessage migrate(long pid, boolean dryRun) {
        return new LocalMessage.Migrate(Long.toString(pid), "beta", dryRun, "");
    }

    /** The last message of the answer. */
    private LocalMessage asNobody(LocalMessage request) throws Exception {
        byte[] bytes = LocalCodec.encode(request);
        ByteBuffer framed = ByteBuffer.allocate(FrameLimits.LENGTH_PREFIX_BYTES + bytes.length).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).put(bytes);
        Process knock = nobody(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", directory.resolve("Knock.java").toString(),
                directory.resolve("run/node.sock").toString(), HexFormat.of().formatHex(framed.array()));
        String hex = new String(knock.getInputStream().readAllBytes());
        assertThat(knock.waitFor()).as(() -> errorsOf(knock)).isZero();
        byte[] answer = HexFormat.of().parseHex(hex);
        LocalMessage last = null;
        for (int at = 0; at < answer.length; ) {
            int length = ByteBuffer.wrap(answer, at, Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).getInt();
            last = LocalCodec.decode(Arrays.copyOfRange(answer, at + Integer.BYTES, at + Integer.BYTES + length));
            at += Integer.BYTES + length;
        }
        return last;
    }

    private Process nobody(String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).directory(directory.toFile()).start();
        started.add(process);
        return process;
    }

    private static String errorsOf(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes());
        } catch (IOException e) {
            return e.toString();
        }
    }
}

package io.homeport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalServerTest {
    private static final LocalMessage.Migrate MOVE = new LocalMessage.Migrate("echo", "beta", true, "a=b\n");

    @TempDir
    Path directory;

    private final FakeNode node = new FakeNode();
    private LocalServer server;
    private LocalClient client;

    @BeforeEach
    void start() throws IOException {
        Path socket = directory.resolve("run/node.sock");
        server = new LocalServer(socket, node, 4);
        server.start();
        client = new LocalClient(socket);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        assertThat(client.socket()).doesNotExist();
    }

    @Test
    void shouldCarryAMigrationsProgressAndResult() {
        node.behaviour = reply -> {
            reply.progress("checkpoint", "dumping", 1, 3_000_000_000L);
            reply.finished("{\"ö\":1}");
            reply.failed("too late");
        };
        List<LocalMessage.Progress> seen = new ArrayList<>();

        assertThat(client.call(MOVE, seen::add)).isEqualTo("{\"ö\":1}");
        assertThat(seen).containsExactly(new LocalMessage.Progress("checkpoint", "dumping", 1, 3_000_000_000L));
        assertThat(node.migrations).containsExactly(MOVE);
        assertThat(node.caller.name()).isEqualTo(System.getProperty("user.name"));
        assertThat(node.caller.mayCommand(ProcessHandle.current().pid())).isTrue();
    }

    @Test
    void shouldPassFailuresOnWithTheirKind() {
        for (Failure kind : Failure.values()) {
            if (kind != Failure.UNREACHABLE) {
                node.behaviour = reply -> reply.failed(kind, "because");
                assertThat(failure(MOVE).kind()).isEqualTo(kind);
            }
        }
    }

    @Test
    void shouldAnswerForAHandlerThatThrowsOrSaysNothing() {
        node.behaviour = reply -> {
            throw new IllegalStateException("broken");
        };
        assertThat(failure(new LocalMessage.Ps()).getMessage()).contains("broken");
        node.behaviour = reply -> {};
        assertThat(failure(new LocalMessage.Status()).getMessage()).contains("no answer");
    }

    @Test
    void shouldEndOnlyTheConnectionThatSendsNonsense() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            byte[] noise = new byte[1 + random.nextInt(60)];
            random.nextBytes(noise);
            send(ByteBuffer.allocate(4 + noise.length).order(ByteOrder.LITTLE_ENDIAN).putInt(noise.length).put(noise).flip());
        }
        send(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, 0}));
        send(ByteBuffer.wrap(new byte[] {1}));
        byte[] valid = LocalCodec.encode(MOVE);
        for (int at = 0; at < valid.length; at++) {
            byte[] bent = valid.clone();
            bent[at] ^= (byte) 0xff;
            send(ByteBuffer.allocate(4 + bent.length).order(ByteOrder.LITTLE_ENDIAN).putInt(bent.length).put(bent).flip());
        }

        // The last of them may not have been ended yet, and four are all it serves.
        await().ignoreException(CommandFailedException.class)
                .untilAsserted(() -> assertThat(client.call(new LocalMessage.Status(), step -> {})).isEqualTo("{}"));
    }

    @Test
    void shouldReadNoRequestThatIsTooLong() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(client.socket()))) {
            channel.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((64 << 10) + 1).flip());
            ByteBuffer answer = ByteBuffer.allocate(1_000);
            while (channel.read(answer) >= 0) {
                // until it closes
            }
            assertThat(new String(answer.array(), StandardCharsets.UTF_8)).contains("a message of 65537 bytes; at most 65536");
        }
    }

    @Test
    void shouldRefuseMoreConnectionsThanItMayServe() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(4);
        CountDownLatch release = new CountDownLatch(1);
        node.behaviour = reply -> {
            held.countDown();
            try {
                release.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            reply.finished("{}");
        };
        List<Thread> callers = new ArrayList<>();
        for (int index = 0; index < 4; index++) {
            callers.add(new Thread(() -> client.call(new LocalMessage.Ps(), step -> {})));
        }
        callers.forEach(Thread::start);
        held.await();

        assertThat(failure(new LocalMessage.Ps()).kind()).isEqualTo(Failure.BUSY);

        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    @Test
    void shouldNotHangOnACallerThatDoesNotRead() throws IOException {
        node.behaviour = reply -> {
            for (int step = 0; step < 100_000; step++) {
                reply.progress("transfer", "some text about it", step, 100_000);
            }
            reply.finished("{}");
        };
        try (SocketChannel deaf = SocketChannel.open(UnixDomainSocketAddress.of(client.socket()))) {
            byte[] request = LocalCodec.encode(new LocalMessage.Ps());
            deaf.write(ByteBuffer.allocate(4 + request.length).order(ByteOrder.LITTLE_ENDIAN).putInt(request.length).put(request).flip());
            List<LocalMessage.Progress> seen = new ArrayList<>();
            assertThat(client.call(new LocalMessage.Ps(), seen::add)).isEqualTo("{}");
            assertThat(seen).isNotEmpty();
        }
    }

    @Test
    void shouldTakeOverACrashedDaemonsSocketButNotALivingOnes() throws IOException {
        assertThat(catchThrowableOfType(IOException.class, () -> new LocalServer(client.socket(), node, 1)).getMessage())
                .contains("another daemon");
        Path left = directory.resolve("left.sock");
        Files.createFile(left);
        new LocalServer(left, node, 1).close();
    }

    @Test
    void shouldSayWhatToDoWithoutADaemon() {
        LocalClient nowhere = new LocalClient(directory.resolve("none.sock"));
        CommandFailedException failure =
                catchThrowableOfType(CommandFailedException.class, () -> nowhere.call(new LocalMessage.Ps(), step -> {}));
        assertThat(failure.kind()).isEqualTo(Failure.UNREACHABLE);
        assertThat(failure.getMessage()).contains("none.sock", "homeport node");
    }

    private void send(ByteBuffer bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(client.socket()))) {
            channel.write(bytes);
        }
    }

    private CommandFailedException failure(LocalMessage request) {
        return catchThrowableOfType(CommandFailedException.class, () -> client.call(request, step -> {}));
    }

    /** Does with every command what the test says. */
    private static final class FakeNode implements CommandHandler {
        private final List<LocalMessage.Migrate> migrations = new ArrayList<>();
        private volatile java.util.function.Consumer<Reply> behaviour = reply -> reply.finished("{}");
        private volatile Caller caller;

        @Override
        public void status(Caller who, Reply reply) {
            behaviour.accept(reply);
        }

        @Override
        public void ps(Caller who, Reply reply) {
            behaviour.accept(reply);
        }

        @Override
        public void upgrade(Caller who, Reply reply) {
            behaviour.accept(reply);
        }

        @Override
        public synchronized void migrate(Caller who, LocalMessage.Migrate request, Reply reply) {
            caller = who;
            migrations.add(request);
            behaviour.accept(reply);
        }
    }
}

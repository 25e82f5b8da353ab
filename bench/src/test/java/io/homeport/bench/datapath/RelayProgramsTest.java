package io.homeport.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every relay must do before its speed means anything: a client, the relay, and a server over loopback. */
@Timeout(60)
class RelayProgramsTest {
    private static final long SEED = 20261123;
    /** More than all buffers on the way together. */
    private static final int MANY_BYTES = 64 << 20;
    private static final int SMALL_BUFFER_BYTES = 64 * 1024;

    private final byte[] question = bytes(3 << 20, SEED);
    private final byte[] answer = bytes(2 << 20, SEED + 1);
    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket();
        listener.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryBothDirectionsAtOnce(RelayPrograms program) throws Exception {
        try (RelayPrograms.Started relay = program.start(server());
                Socket client = connect(relay);
                Socket service = accepted(client)) {
            CompletableFuture<Void> asked = send(client, question);
            CompletableFuture<Void> answered = send(service, answer);
            CompletableFuture<byte[]> heard = CompletableFuture.supplyAsync(() -> receive(client, answer.length));
            assertThat(Arrays.equals(receive(service, question.length), question)).isTrue();
            assertThat(Arrays.equals(heard.join(), answer)).isTrue();
            asked.join();
            answered.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAfterTheClientsEnd(RelayPrograms program) throws Exception {
        try (RelayPrograms.Started relay = program.start(server());
                Socket client = connect(relay);
                Socket service = accepted(client)) {
            CompletableFuture<Void> asked = send(client, question).thenRun(() -> end(client));
            assertThat(Arrays.equals(receive(service, Integer.MAX_VALUE), question)).isTrue();
            asked.join();
            send(service, answer).join();
            end(service);
            assertThat(Arrays.equals(receive(client, Integer.MAX_VALUE), answer)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadNoMoreThanTheOtherTakes(RelayPrograms program) throws Exception {
        try (RelayPrograms.Started relay = program.start(server());
                SocketChannel client = SocketChannel.open(relay.address());
                Socket service = accepted(client.socket())) {
            byte[] sent = bytes(MANY_BYTES, SEED);
            ByteBuffer left = ByteBuffer.wrap(sent);
            sendUntilStuck(client, left);
            assertThat(left.remaining()).as("bytes that the relay has no room for").isPositive();
            client.configureBlocking(true);
            CompletableFuture<Void> rest = send(client.socket(), Arrays.copyOfRange(sent, left.position(), sent.length));
            assertThat(Arrays.equals(receive(service, sent.length), sent)).isTrue();
            rest.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndTheOtherConnectionAfterAReset(RelayPrograms program) throws Exception {
        try (RelayPrograms.Started relay = program.start(server());
                Socket client = connect(relay);
                Socket service = accepted(client);
                Socket neighbour = connect(relay);
                Socket neighbours = accepted(neighbour)) {
            client.setSoLinger(true, 0);
            client.close();
            assertThat(endOf(service)).isTrue();
            send(neighbour, answer).join();
            assertThat(Arrays.equals(receive(neighbours, answer.length), answer)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAConnectionThatLeadsNowhere(RelayPrograms program) throws Exception {
        InetSocketAddress nowhere = server();
        listener.close();
        try (RelayPrograms.Started relay = program.start(nowhere);
                Socket client = connect(relay)) {
            assertThat(endOf(client)).isTrue();
        }
    }

    private InetSocketAddress server() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private static Socket connect(RelayPrograms.Started relay) throws IOException {
        return new Socket(relay.address().getAddress(), relay.address().getPort());
    }

    /** The relay's connection for this client: others were made to see whether it listens. */
    private Socket accepted(Socket client) throws IOException {
        client.getOutputStream().write(client.getLocalPort() >> 8);
        client.getOutputStream().write(client.getLocalPort());
        while (true) {
            Socket service = listener.accept();
            byte[] port = receive(service, 2);
            if (port.length == 2 && ByteBuffer.wrap(port).getShort() == (short) client.getLocalPort()) {
                return service;
            }
            service.close();
        }
    }

    /** Until the socket takes nothing for a while: everything on the way is full then. A slow machine makes it end early, and weaker. */
    private static void sendUntilStuck(SocketChannel client, ByteBuffer bytes) throws IOException {
        client.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            SelectionKey key = client.register(selector, SelectionKey.OP_WRITE);
            while (bytes.hasRemaining() && selector.select(500) > 0) {
                selector.selectedKeys().clear();
                client.write(bytes);
            }
            key.cancel();
            selector.selectNow();
        }
    }

    private static CompletableFuture<Void> send(Socket to, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                to.getOutputStream().write(bytes);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    private static void end(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static byte[] receive(Socket from, int count) {
        try {
            return from.getInputStream().readNBytes(count);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    private static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}

package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedBytes;
import io.homeport.workload.Hello;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * A connection on which the test says each single step of both ends: its own directly, the service's by commands. Bytes of
 * either direction are checked by their place in it. One test thread; {@link #close} closes the test's end.
 */
final class ManualConnection implements Closeable {
    private static final int READ_TIMEOUT_MS = 60_000;

    private final MovedService service;
    private final Socket socket;
    private final long seed;
    private long sent;
    private long sentByService;

    private ManualConnection(MovedService service, Socket socket, long seed) {
        this.service = service;
        this.socket = socket;
        this.seed = seed;
    }

    /** Connects to the service's plain blocking server. */
    static ManualConnection open(MovedService service, InetAddress host, long seed) throws IOException {
        Socket socket = new Socket(host, service.port("socket"));
        socket.setSoTimeout(READ_TIMEOUT_MS);
        ManualConnection connection = new ManualConnection(service, socket, seed);
        socket.getOutputStream().write(new Hello(Hello.Mode.MANUAL, seed, 0).encode());
        while (service.ask("has " + connection.name()).equals("false")) {
            Thread.onSpinWait();
        }
        return connection;
    }

    Socket socket() {
        return socket;
    }

    /** What the service calls it. */
    String name() {
        return Long.toHexString(seed);
    }

    /** Asks the service to do something with its end; {@code rest} follows the connection's name. */
    String service(String command, String rest) {
        return service.ask((command + " " + name() + " " + rest).trim());
    }

    /** The same for what may fail: the answer with {@code ok} or {@code error} in front. */
    String tellService(String command, String rest) {
        return service.tell((command + " " + name() + " " + rest).trim());
    }

    /** The test sends. */
    void send(int length) throws IOException {
        socket.getOutputStream().write(CheckedBytes.of(seed, sent, length));
        sent += length;
    }

    /** The service reads what the test sent from {@code from} on and must find it right. */
    void serviceReads(long from, int length) {
        assertThat(service("read", from + " " + length)).as("%d bytes from %d", length, from).isEqualTo("right " + length);
    }

    /** The service reads and must find the end of the stream at once. */
    void serviceReadsEnd() {
        assertThat(service("read", sent + " 1")).isEqualTo("end 0");
    }

    /** The service sends. */
    void serviceSends(int length) {
        assertThat(service("write", sentByService + " " + length)).isEqualTo("written " + length);
        sentByService += length;
    }

    /** The test reads what the service sent from {@code from} on and must find it right. */
    void read(long from, int length) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(length);
        assertThat(bytes).as("%d bytes from %d", length, from).isEqualTo(CheckedBytes.of(CheckedBytes.answerSeed(seed), from, length));
    }

    /** The test reads: {@code end}, {@code byte N}, {@code nothing}, or the exception's text. */
    String readOne() {
        try {
            int read = socket.getInputStream().read();
            return read < 0 ? "end" : "byte " + read;
        } catch (SocketTimeoutException e) {
            return "nothing";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

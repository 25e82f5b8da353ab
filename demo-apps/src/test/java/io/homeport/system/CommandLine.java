package io.homeport.system;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A connection to a service's command server; it is moved like every other. One thread at a time; closed by who opened it.
 */
final class CommandLine implements Closeable {
    private static final int ANSWER_TIMEOUT_MS = 90_000;

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    CommandLine(InetSocketAddress address) throws IOException {
        socket = new Socket();
        socket.connect(address, 5_000);
        socket.setSoTimeout(ANSWER_TIMEOUT_MS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    /** Sends a command. @return its answer. @throws IllegalStateException with the service's words if it failed */
    synchronized String ask(String command) throws IOException {
        String answer = tell(command);
        if (!answer.startsWith("ok ")) {
            throw new IllegalStateException(command + ": " + answer);
        }
        return answer.substring(3);
    }

    /** Sends a command. @return the answering line, {@code ok ...} or {@code error ...} */
    synchronized String tell(String command) throws IOException {
        out.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        String answer = in.readLine();
        if (answer == null) {
            throw new IOException("the service ended its command connection");
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

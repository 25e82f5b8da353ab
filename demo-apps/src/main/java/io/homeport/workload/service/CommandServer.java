package io.homeport.workload.service;

import io.homeport.workload.Complaints;
import io.homeport.workload.server.CheckedServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * The way a test talks to a service: a line in, a line out ({@code ok ...} or {@code error ...}), over an ordinary connection
 * that is moved with all the others. Each connection has its thread; commands are registered before the first one comes.
 */
public final class CommandServer implements CheckedServer {
    /** What a command does with its words. */
    @FunctionalInterface
    public interface Command {
        /** @param words the line's words, the command's own name first @return what to answer after {@code ok} */
        Object run(String[] words) throws Exception;
    }

    private final Map<String, Command> commands = new TreeMap<>();
    private final ServerSocket listener;

    /** Listens on {@code port} of every local address; 0 means a free one. */
    public CommandServer(int port) throws IOException {
        listener = new ServerSocket(port);
    }

    /** Adds a command. */
    public CommandServer command(String name, Command command) {
        commands.put(name, command);
        return this;
    }

    /** Begins to serve; each connection gets a thread of {@code threads}. */
    public void start(Executor threads) {
        threads.execute(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    Complaints.unlessClosed(listener.isClosed(), "command accept", e);
                }
            }
        });
    }

    @Override
    public String kind() {
        return "command";
    }

    @Override
    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve(Socket accepted) {
        try (Socket socket = accepted;
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter out = new PrintWriter(socket.getOutputStream(), false, StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.print(answer(line.trim().split(" +")) + "\n");
                out.flush();
            }
        } catch (IOException e) {
            Complaints.about("command " + accepted, e);
        }
    }

    private String answer(String[] words) {
        Command command = commands.get(words[0]);
        if (command == null) {
            return "error no command " + words[0];
        }
        try {
            return "ok " + String.valueOf(command.run(words)).replace('\n', ' ');
        } catch (Exception e) {
            return "error " + e.toString().replace('\n', ' ');
        }
    }
}

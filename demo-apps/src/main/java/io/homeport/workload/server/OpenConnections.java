package io.homeport.workload.server;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The service's connections by seed, so that commands can ask for their addresses and options. Any thread; never closes one. */
public final class OpenConnections {
    /** The receive queue of the last packet's network card, and a mode that follows the traffic ("not permanent", tcp(7)). */
    private static final List<String> CHANGING_BY_THEMSELVES = List.of("SO_INCOMING_NAPI_ID", "TCP_QUICKACK");

    private final Map<Long, Object> connections = new ConcurrentHashMap<>();

    /** Remembers a {@link Socket} or {@link NetworkChannel}. */
    public void add(long seed, Object connection) {
        connections.put(seed, connection);
    }

    /** Forgets one. */
    public void remove(long seed) {
        connections.remove(seed);
    }

    /** Whether there is one of that seed. */
    public boolean has(long seed) {
        return connections.containsKey(seed);
    }

    /** How many there are. */
    public int size() {
        return connections.size();
    }

    /** A blocking socket. @throws IllegalArgumentException if there is none of that seed */
    public Socket socket(long seed) {
        if (find(seed) instanceof Socket socket) {
            return socket;
        }
        throw new IllegalArgumentException("not a blocking socket");
    }

    /** Both addresses and every supported option, in a fixed order. */
    public String describe(long seed) throws IOException {
        Object connection = find(seed);
        Map<String, Object> told = new TreeMap<>();
        if (connection instanceof Socket socket) {
            told.put("local", socket.getLocalSocketAddress() + " " + socket.getLocalAddress() + " " + socket.getLocalPort());
            told.put("remote", socket.getRemoteSocketAddress() + " " + socket.getInetAddress() + " " + socket.getPort());
            for (SocketOption<?> option : socket.supportedOptions()) {
                told.put(option.name(), socket.getOption(option));
            }
            told.put("soTimeout", socket.getSoTimeout());
            told.put("oobInline", socket.getOOBInline());
        } else if (connection instanceof NetworkChannel channel) {
            told.put("local", channel.getLocalAddress());
            told.put("remote", remote(channel));
            for (SocketOption<?> option : channel.supportedOptions()) {
                told.put(option.name(), channel.getOption(option));
            }
        }
        told.keySet().removeAll(CHANGING_BY_THEMSELVES);
        return told.toString();
    }

    /** Sets an option by its name; numbers and booleans as text. */
    public void set(long seed, String name, String value) throws IOException {
        Object connection = find(seed);
        if (connection instanceof Socket socket) {
            for (SocketOption<?> option : socket.supportedOptions()) {
                if (option.name().equals(name)) {
                    setOne(socket, option, value);
                    return;
                }
            }
        } else if (connection instanceof NetworkChannel channel) {
            for (SocketOption<?> option : channel.supportedOptions()) {
                if (option.name().equals(name)) {
                    setOne(channel, option, value);
                    return;
                }
            }
        }
        throw new IllegalArgumentException("no option " + name);
    }

    private Object find(long seed) {
        Object connection = connections.get(seed);
        if (connection == null) {
            throw new IllegalArgumentException("no connection " + Long.toHexString(seed));
        }
        return connection;
    }

    private static Object remote(NetworkChannel channel) throws IOException {
        if (channel instanceof SocketChannel socket) {
            return socket.getRemoteAddress();
        }
        return channel instanceof AsynchronousSocketChannel socket ? socket.getRemoteAddress() : null;
    }

    private static <T> void setOne(Socket socket, SocketOption<T> option, String value) throws IOException {
        socket.setOption(option, parse(option, value));
    }

    private static <T> void setOne(NetworkChannel channel, SocketOption<T> option, String value) throws IOException {
        channel.setOption(option, parse(option, value));
    }

    private static <T> T parse(SocketOption<T> option, String value) {
        Object parsed = option.type() == Boolean.class ? (Object) Boolean.valueOf(value) : Integer.valueOf(value);
        return option.type().cast(parsed);
    }
}

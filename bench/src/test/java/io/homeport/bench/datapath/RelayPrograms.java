package io.homeport.bench.datapath;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Every relay, as a thread of this JVM. A test's thread, which closes it. */
public enum RelayPrograms {
    /** Event loops. */
    NETTY(NettyRelay::main),
    /** Event loops that spin. */
    NETTY_SPIN(NettyRelay::main, "100"),
    /** A duty cycle that backs off. */
    AGRONA(AgronaRelay::main),
    /** A duty cycle that waits in the selector. */
    AGRONA_WAIT(AgronaRelay::main, "100");

    private final Program program;
    private final List<String> further;

    RelayPrograms(Program program, String... further) {
        this.program = program;
        this.further = List.of(further);
    }

    /** A relay's main method. */
    private interface Program {
        void main(String[] arguments) throws IOException, InterruptedException;
    }

    /** A relay that listens. */
    public record Started(InetSocketAddress address, Thread thread) implements AutoCloseable {
        @Override
        public void close() {
            thread.interrupt();
        }
    }

    /** Starts it and waits until it listens. @param next where it connects to */
    public Started start(InetSocketAddress next) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        List<String> words = new ArrayList<>(List.of(
                Integer.toString(address.getPort()), next.getAddress().getHostAddress(), Integer.toString(next.getPort())));
        words.addAll(further);
        Thread thread = new Thread(() -> run(words), "relay-" + this);
        thread.setDaemon(true);
        thread.start();
        while (!listens(address)) {
            if (!thread.isAlive()) {
                throw new IOException(this + " has ended");
            }
            Thread.sleep(10);
        }
        return new Started(address, thread);
    }

    private void run(List<String> words) {
        try {
            program.main(words.toArray(String[]::new));
        } catch (InterruptedException theEnd) {
            // The test is over.
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket probe = new Socket(address.getAddress(), address.getPort())) {
            return probe.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocketChannel probe = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return ((InetSocketAddress) probe.getLocalAddress()).getPort();
        }
    }
}

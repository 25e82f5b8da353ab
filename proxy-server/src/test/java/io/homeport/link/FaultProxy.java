package io.homeport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Forwards TCP connections to an address; can cut them all, or swallow all bytes as a broken path does. */
public final class FaultProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean swallowing;
    private volatile boolean holding;

    public FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Resets every connection that is open now. */
    public void cut() throws IOException {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (SocketException closed) {
                // The threads that carry its bytes close it, too.
            }
        }
        sockets.clear();
    }

    /** From now on bytes go nowhere, and nobody is told. */
    public void swallow(boolean on) {
        swallowing = on;
    }

    /** From now on bytes wait, until this ends: what TCP makes of a short loss of packets. */
    public void hold(boolean on) {
        holding = on;
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = server.accept();
                Socket far = new Socket();
                try {
                    far.connect(target, 500);
                } catch (IOException e) {
                    near.close();
                    continue;
                }
                sockets.add(near);
                sockets.add(far);
                start(() -> forward(near, far));
                start(() -> forward(far, near));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                while (holding) {
                    Thread.sleep(1);
                }
                if (!swallowing) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException | InterruptedException e) {
            // cut
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}

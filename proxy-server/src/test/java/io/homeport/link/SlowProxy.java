package io.homeport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Forwards TCP connections to an address; while paused it does not read, so the sender's window closes. */
final class SlowProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private volatile boolean paused;

    SlowProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    void pause(boolean on) {
        paused = on;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = server.accept();
                Socket far = new Socket(target.getAddress(), target.getPort());
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
                while (paused) {
                    Thread.sleep(5);
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException | InterruptedException e) {
            // cut
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "slow-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}

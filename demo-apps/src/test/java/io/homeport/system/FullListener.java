package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.Exchange;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener outside of the lab whose queue of connections not yet accepted is full: the kernel drops what else comes
 * (tcp_conn_request), whose sender tries again every second or later. One test thread; {@link #close} refuses from then on.
 */
final class FullListener implements Closeable {
    private static final int PATIENCE_MS = 60_000;
    /** Room for all who wait: with less the kernel sends SYN cookies, and resets who has connected by one and cannot be accepted. */
    private static final int BACKLOG = 16;

    private final ServerSocket listener;
    private final List<Socket> fillers = new ArrayList<>();

    FullListener(String host) throws IOException {
        listener = new ServerSocket(0, BACKLOG, InetAddress.getByName(host));
        listener.setSoTimeout(PATIENCE_MS);
        // The kernel takes one more than the backlog says (sk_acceptq_is_full).
        for (int i = 0; i <= BACKLOG; i++) {
            fillers.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Empties the queue and answers so many connections, all of which must come from that address. */
    void answer(int count, InetAddress from) throws IOException {
        for (Socket filler : fillers) {
            listener.accept().close();
            filler.close();
        }
        for (int i = 0; i < count; i++) {
            try (Socket accepted = listener.accept()) {
                accepted.setSoTimeout(PATIENCE_MS);
                InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteSocketAddress();
                assertThat(peer.getAddress()).as("where it connects from").isEqualTo(from);
                assertThat(Exchange.answer(accepted.getInputStream(), accepted.getOutputStream())).isEqualTo("right");
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket filler : fillers) {
            filler.close();
        }
    }
}

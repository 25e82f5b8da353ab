package io.homeport.bench.contender;

import io.homeport.lab.LabNode;
import java.net.InetSocketAddress;

/**
 * Where one relay stands.
 *
 * @param node where it runs
 * @param port that it listens on
 * @param next where it connects to
 * @param first whether clients connect to it, and not another relay
 */
record RelayPlace(LabNode node, int port, InetSocketAddress next, boolean first) {
    String nextAddress() {
        return next.getAddress().getHostAddress();
    }

    String nextText() {
        return nextAddress() + ":" + next.getPort();
    }
}

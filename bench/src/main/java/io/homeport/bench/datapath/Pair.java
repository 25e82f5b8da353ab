package io.homeport.bench.datapath;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection that was accepted, and the one that was made for it. The duty cycle's thread; it closes itself when both directions are over
 * or one socket fails.
 *
 * <pre>
 *   accepted ═══ there ══► connected
 *            ◄══ back ════
 * </pre>
 */
final class Pair {
    private final SocketChannel accepted;
    private final SocketChannel connected;
    private final SelectionKey acceptedKey;
    private final SelectionKey connectedKey;
    private final Flow there;
    private final Flow back;
    private boolean connecting;

    /** Takes the accepted connection over, begins the other. @throws IOException when that cannot be done; both are closed then */
    Pair(SocketChannel accepted, SocketChannel connected, InetSocketAddress next, Selector selector) throws IOException {
        this.accepted = accepted;
        this.connected = connected;
        this.there = new Flow(accepted, connected);
        this.back = new Flow(connected, accepted);
        try {
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
            connected.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
            this.connecting = !connected.connect(next);
            this.acceptedKey = accepted.register(selector, connecting ? 0 : SelectionKey.OP_READ, this);
            this.connectedKey = connected.register(selector, connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** Tries both directions. @return as {@link Flow#pump} */
    int tryAll() {
        return pump(true, true);
    }

    /** Tries what the selector has found. @return as {@link Flow#pump} */
    int ready(SelectionKey key) {
        if (!isOpen()) {
            return 0;
        }
        boolean in = key.isReadable();
        boolean out = key.isWritable();
        return key == acceptedKey ? pump(in, out) : pump(out, in);
    }

    boolean isOpen() {
        return accepted.isOpen();
    }

    void close() {
        try (accepted; connected) {
            // Both are closed, whichever fails.
        } catch (IOException gone) {
            // There is nobody left to tell.
        }
    }

    private int pump(boolean tryThere, boolean tryBack) {
        try {
            connecting = connecting && !connected.finishConnect();
            if (connecting) {
                return 0;
            }
            int moved = (tryThere ? there.pump() : 0) + (tryBack ? back.pump() : 0);
            if (there.isOver() && back.isOver()) {
                close();
            } else {
                want(acceptedKey, there, back);
                want(connectedKey, back, there);
            }
            return moved;
        } catch (IOException failed) {
            reset();
            return 1;
        }
    }

    /** For the next time the selector is asked: costs a system call then, and only if it has changed (EPollSelectorImpl). */
    private static void want(SelectionKey key, Flow in, Flow out) {
        key.interestOps((in.wantsRead() ? SelectionKey.OP_READ : 0) | (out.wantsWrite() ? SelectionKey.OP_WRITE : 0));
    }

    /** A stream that was cut must not look like one that has ended: no time to linger makes the close a reset (socket(7)). */
    private void reset() {
        for (SocketChannel socket : new SocketChannel[] {accepted, connected}) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException gone) {
                // It is the one that failed.
            }
        }
        close();
    }
}

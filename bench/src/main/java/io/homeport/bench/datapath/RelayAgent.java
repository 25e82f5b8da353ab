package io.homeport.bench.datapath;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;

/**
 * The duty cycle of {@link AgronaRelay}. One thread, its runner's, which closes it.
 *
 * <pre>
 *   doWork:  few sockets, and the last cycle found work   ──► try them in turn, ask nobody
 *            else                                         ──► selectNow: one system call for all of them
 *            many cycles in a row found nothing           ──► select: wait (agrona-wait only)
 * </pre>
 */
final class RelayAgent implements Agent {
    /** More sockets than so many are cheaper to ask for than to try (Aeron's TransportPoller has the same number for its own). */
    private static final int FEW_PAIRS = 5;
    /** New connections are seen by the selector alone: it has its turn at least so often. */
    private static final int MOST_TRIES = 16;

    private final ServerSocketChannel listener;
    private final InetSocketAddress next;
    private final int emptyCyclesBeforeWait;
    private final Selector selector;
    private final List<Pair> pairs = new ArrayList<>();
    /** Made once: a cycle allocates nothing. */
    private final Consumer<SelectionKey> ready = this::ready;
    private int moved;
    private int tries;
    private int emptyCycles;

    /**
     * @param listener bound; the agent's to close
     * @param next where it connects to
     * @param emptyCyclesBeforeWait after so many cycles that found nothing it waits in the selector, instead of leaving that to its runner
     */
    RelayAgent(ServerSocketChannel listener, InetSocketAddress next, int emptyCyclesBeforeWait) throws IOException {
        this.listener = listener;
        this.next = next;
        this.emptyCyclesBeforeWait = emptyCyclesBeforeWait;
        this.selector = Selector.open();
        listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
    }

    @Override
    public int doWork() throws IOException {
        boolean worked = emptyCycles == 0;
        moved = 0;
        if (worked && pairs.size() <= FEW_PAIRS && tries++ < MOST_TRIES) {
            tryAll();
        } else if (emptyCycles < emptyCyclesBeforeWait) {
            tries = 0;
            selector.selectNow(ready);
        } else {
            selector.select(ready);
        }
        if (moved > 0) {
            emptyCycles = 0;
        } else if (emptyCycles < emptyCyclesBeforeWait) {
            emptyCycles++;
        }
        return moved;
    }

    @Override
    public String roleName() {
        return "relay";
    }

    @Override
    public void onClose() {
        pairs.forEach(Pair::close);
        try (listener; selector) {
            // Both are closed, whichever fails.
        } catch (IOException gone) {
            // The process ends.
        }
    }

    private void tryAll() {
        for (int index = pairs.size() - 1; index >= 0; index--) {
            Pair pair = pairs.get(index);
            moved += pair.tryAll();
            forgetIfClosed(pair);
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof Pair pair) {
            moved += pair.ready(key);
            forgetIfClosed(pair);
        } else {
            accept();
        }
    }

    private void forgetIfClosed(Pair pair) {
        if (!pair.isOpen()) {
            pairs.remove(pair);
        }
    }

    private void accept() {
        try {
            for (SocketChannel accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
                relay(accepted);
                moved++;
            }
        } catch (IOException failed) {
            System.err.println("a connection was not relayed: " + failed);
        }
    }

    private void relay(SocketChannel accepted) throws IOException {
        try {
            pairs.add(new Pair(accepted, SocketChannel.open(), next, selector));
        } catch (IOException failed) {
            accepted.close();
            throw failed;
        }
    }
}

package io.homeport.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.HdrHistogram.Histogram;

/** Many connections, each with one numbered request under way; one thread, so that the client takes little of the machine. */
final class RequestLoad {
    /** A relay that answers nothing for so long has lost a request. */
    private static final long SILENCE_MS = 10_000;

    private final Order order;
    private final Histogram waits = Outcome.newWaits();
    private long endNs;
    private int open;

    RequestLoad(Order order) {
        this.order = order;
    }

    /** Until every connection has its last answer. */
    Outcome run() throws IOException {
        try (Selector selector = Selector.open()) {
            try {
                for (int count = 0; count < order.work().connections(); count++) {
                    SocketChannel channel = Opening.connect(order);
                    channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, new Client(channel));
                    open++;
                }
                long startNs = System.nanoTime();
                endNs = startNs + order.ms() * 1_000_000L;
                for (SelectionKey key : selector.keys()) {
                    ((Client) key.attachment()).ask(startNs);
                }
                while (open > 0) {
                    if (selector.select(key -> take((Client) key.attachment()), SILENCE_MS) == 0) {
                        throw new IOException(open + " connections have had no answer for " + SILENCE_MS + " ms");
                    }
                }
                return new Outcome(waits.getTotalCount(), System.nanoTime() - startNs, waits);
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
    }

    private void take(Client client) {
        try {
            client.take();
        } catch (IOException failed) {
            throw new IllegalStateException(failed.getMessage(), failed);
        }
    }

    /** One connection. */
    private final class Client {
        private final SocketChannel channel;
        private final ByteBuffer request = ByteBuffer.allocateDirect(order.work().requestBytes());
        private final ByteBuffer answer = ByteBuffer.allocateDirect(order.work().answerBytes());
        private long number;
        private long askedNs;

        Client(SocketChannel channel) {
            this.channel = channel;
        }

        void ask(long nowNs) throws IOException {
            askedNs = nowNs;
            answer.clear();
            request.clear().putLong(0, number);
            // A request is far smaller than an empty send queue.
            if (channel.write(request) != request.capacity()) {
                throw new IOException("a socket that owes nothing takes no request");
            }
        }

        void take() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("closed instead of answer " + number);
            }
            if (answer.hasRemaining()) {
                return;
            }
            if (answer.getLong(0) != number) {
                throw new IOException("answer " + answer.getLong(0) + " to request " + number);
            }
            number++;
            long now = System.nanoTime();
            Outcome.record(waits, now - askedNs);
            if (now < endNs) {
                ask(now);
            } else {
                channel.close();
                open--;
            }
        }
    }
}

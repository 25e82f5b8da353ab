package io.homeport.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.HdrHistogram.Histogram;

/** One connection with one numbered message under way. The client's thread. */
final class PingLoop {
    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer answer;
    private final Histogram waits = Outcome.newWaits();
    private long number;

    private PingLoop(SocketChannel channel, Work work) {
        this.channel = channel;
        this.request = ByteBuffer.allocateDirect(work.requestBytes());
        this.answer = ByteBuffer.allocateDirect(work.answerBytes());
    }

    /** The next message when the answer is there. */
    static Outcome closed(Order order) throws IOException {
        try (SocketChannel channel = Opening.connect(order)) {
            PingLoop loop = new PingLoop(channel, order.work());
            loop.exchange();
            long startNs = System.nanoTime();
            long now = startNs;
            while (now - startNs < order.ms() * 1_000_000L) {
                long sentNs = now;
                loop.exchange();
                now = System.nanoTime();
                Outcome.record(loop.waits, now - sentNs);
            }
            return loop.outcome(now - startNs);
        }
    }

    /** At the order's rate. */
    static Outcome paced(Order order) throws IOException {
        try (SocketChannel channel = Opening.connect(order)) {
            PingLoop loop = new PingLoop(channel, order.work());
            loop.exchange();
            Pace pace = new Pace(System.nanoTime(), 1_000_000_000L / order.perSecond());
            long messages = (long) order.ms() * order.perSecond() / 1000;
            long freeNs = pace.startNs();
            for (long turn = 0; turn < messages; turn++) {
                long sentNs = pace.await(turn);
                loop.exchange();
                long countsFromNs = pace.countsFromNs(turn, freeNs, sentNs);
                freeNs = System.nanoTime();
                Outcome.record(loop.waits, freeNs - countsFromNs);
            }
            return loop.outcome(freeNs - pace.startNs());
        }
    }

    private void exchange() throws IOException {
        request.clear().putLong(0, number);
        Opening.write(channel, request);
        if (!Opening.fill(channel, answer)) {
            throw new IOException("closed instead of answer " + number);
        }
        if (answer.getLong() != number) {
            throw new IOException("answer " + answer.getLong(0) + " to message " + number);
        }
        number++;
    }

    private Outcome outcome(long ns) {
        return new Outcome(waits.getTotalCount(), ns, waits);
    }
}

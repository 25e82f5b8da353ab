package io.homeport.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Streams as fast as they go, a thread for each. All bytes count, from the first connection's opening until the last byte has
 * been checked at its other end: what only fills a relay's buffers has not arrived.
 */
final class BulkLoad {
    private final Order order;

    BulkLoad(Order order) {
        this.order = order;
    }

    Outcome run() throws IOException, InterruptedException {
        List<SocketChannel> channels = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            long startNs = System.nanoTime();
            List<Future<Long>> streams = new ArrayList<>();
            for (int count = 0; count < order.work().connections(); count++) {
                SocketChannel channel = Opening.connect(order);
                channels.add(channel);
                streams.add(threads.submit(() -> order.work().kind() == Work.Kind.PAGES_UP ? up(channel) : new PageCheck().receive(channel)));
            }
            long bytes = 0;
            for (Future<Long> stream : streams) {
                bytes += stream.get();
            }
            return new Outcome(bytes, System.nanoTime() - startNs, Outcome.newWaits());
        } catch (ExecutionException failed) {
            throw new IOException("a stream broke: " + failed.getCause(), failed);
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
            threads.shutdown();
        }
    }

    private long up(SocketChannel channel) throws IOException {
        long sent = new Pages(channel).send(order.ms());
        ByteBuffer said = ByteBuffer.allocateDirect(Long.BYTES);
        if (!Opening.fill(channel, said) || said.getLong() != sent) {
            throw new IOException("of " + sent + " bytes the server did not take all: it closed, or found a page wrong");
        }
        return sent;
    }
}

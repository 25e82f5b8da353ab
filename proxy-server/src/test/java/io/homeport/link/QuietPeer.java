package io.homeport.link;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A node whose lanes are up and swallow everything. */
public record QuietPeer(String node) implements Peer {
    @Override
    public boolean up(TrafficClass trafficClass) {
        return true;
    }

    @Override
    public boolean writable(TrafficClass trafficClass) {
        return true;
    }

    @Override
    public void send(TrafficClass trafficClass, ByteBuf frame) {
        frame.release();
    }

    @Override
    public void flush(TrafficClass trafficClass) {}

    @Override
    public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}

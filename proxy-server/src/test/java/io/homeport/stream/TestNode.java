package io.homeport.stream;

import io.homeport.journal.Journal;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node of a test: loop, journal, streams; no links but {@link TestPeer}s. */
final class TestNode implements AutoCloseable {
    final String name;
    final IoEventLoop loop;
    final Journal journal;
    final StreamPlane plane;
    volatile long frames;
    private final MultiThreadIoEventLoopGroup group;
    private final Map<String, TestPeer> peers = new HashMap<>();

    TestNode(String name, Path dir, StreamLimits limits) {
        this.name = name;
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        loop = group.next();
        journal = Journal.open(dir.resolve(name), 4 << 20);
        plane = new StreamPlane(name, loop, journal, limits, this::peer, new SecureRandom());
    }

    TestPeer peer(String node) {
        return peers.get(node);
    }

    static void connect(TestNode one, TestNode other) throws Exception {
        one.peers.put(other.name, new TestPeer(one, other));
        other.peers.put(one.name, new TestPeer(other, one));
        restore(one, other);
    }

    static void cut(TestNode one, TestNode other) throws Exception {
        one.loop.submit(() -> one.peer(other.name).setUp(false)).get();
        other.loop.submit(() -> other.peer(one.name).setUp(false)).get();
    }

    static void restore(TestNode one, TestNode other) throws Exception {
        one.loop.submit(() -> one.peer(other.name).setUp(true)).get();
        other.loop.submit(() -> other.peer(one.name).setUp(true)).get();
    }

    @Override
    public void close() throws Exception {
        plane.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        journal.close();
    }
}

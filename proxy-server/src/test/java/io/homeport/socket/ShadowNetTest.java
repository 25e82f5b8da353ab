package io.homeport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShadowNetTest {
    private static final SocketOptions INET6 = SocketOptions.decode(new byte[] {Linux.AF_INET6});
    private static final byte[] CUBIC = "cubic".getBytes(StandardCharsets.US_ASCII);
    private ShadowNet net;

    @BeforeEach
    void open() throws Exception {
        net = ShadowNet.open("test");
    }

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void shouldGiveAPairTheOriginalAddresses() throws Exception {
        check(net.pair(ip("10.9.8.7", 80), ip("203.0.113.7", 5555), SocketOptions.NONE), "10.9.8.7", "203.0.113.7", Linux.AF_INET);
        check(net.pair(ip("10.9.8.7", 80), ip("203.0.113.8", 5555), INET6), "10.9.8.7", "203.0.113.8", Linux.AF_INET6);
        check(net.pair(ip("2001:db8::1", 80), ip("2001:db8::2", 5555), INET6), "2001:db8::1", "2001:db8::2", Linux.AF_INET6);
    }

    @Test
    void shouldMakeBothEndsOfAConnectionInsideOneProcess() throws Exception {
        ShadowNet.Pair there = net.pair(ip("127.0.0.1", 4000), ip("127.0.0.1", 4001), SocketOptions.NONE);
        ShadowNet.Pair back = net.pair(ip("127.0.0.1", 4001), ip("127.0.0.1", 4000), SocketOptions.NONE);
        assertThat(there.room()).isZero();
        assertThat(back.room()).isEqualTo(1);
        assertThat(net.roomOf(back.applicationFd())).isEqualTo(1);
        close(there);
        close(back);
    }

    @Test
    void shouldMakeTheSamePairAgainAtOnce() throws Exception {
        String hosts = Files.readString(Path.of("/proc/sys/net/ipv4/tcp_max_tw_buckets"));
        for (int i = 0; i < 6; i++) {
            ShadowNet.Pair pair = net.pair(ip("10.0.0.1", 80), ip("10.0.0.2", 5000), SocketOptions.NONE);
            assertThat(pair.room()).isZero();
            net.settle();
            int first = i % 2 == 0 ? pair.daemonFd() : pair.applicationFd();
            Posix.shutdown(first, Linux.SHUT_WR);
            Posix.close(pair.daemonFd() + pair.applicationFd() - first);
            Posix.close(first);
        }
        assertThat(Files.readString(Path.of("/proc/sys/net/ipv4/tcp_max_tw_buckets"))).as("the host's own").isEqualTo(hosts).isNotEqualTo("0\n");
    }

    /** Whatever the real socket has, and the node by default: neither is asked for anything that a line in memory has no need of. */
    @Test
    void shouldPaceNothing() throws Exception {
        int real = Posix.check(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0), "socket");
        Posix.check(Posix.setsockopt(real, Linux.IPPROTO_TCP, Linux.TCP_CONGESTION, CUBIC), "TCP_CONGESTION");
        ShadowNet.Pair pair = net.pair(ip("10.0.0.1", 80), ip("10.0.0.2", 5000), SocketOptions.read(real));
        net.settle();
        assertThat(congestionControl(real)).isEqualTo("cubic");
        assertThat(congestionControl(pair.applicationFd())).isEqualTo("reno");
        assertThat(congestionControl(pair.daemonFd())).isEqualTo("reno");
        Posix.close(real);
        close(pair);
    }

    private static String congestionControl(int fd) throws PosixException {
        byte[] name = new byte[16];
        Posix.check(Posix.getsockopt(fd, Linux.IPPROTO_TCP, Linux.TCP_CONGESTION, name), "TCP_CONGESTION");
        return new String(name, StandardCharsets.US_ASCII).trim();
    }

    /** A program that is being started has all descriptors of this process for a moment: they are closed when it begins (FD_CLOEXEC). */
    @Test
    void shouldMakeAListenerWhereConnectionsAreWhileProgramsAreStarted() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread starter = new Thread(() -> {
            while (!over.get()) {
                try {
                    new ProcessBuilder("true").start().waitFor();
                } catch (IOException | InterruptedException e) {
                    return;
                }
            }
        });
        starter.start();
        try {
            for (int port = 1; port <= 1_000; port++) {
                close(net.pair(ip("10.0.0.1", port), ip("10.0.0.2", 5000), SocketOptions.NONE));
                ShadowNet.Listener listener = net.listener(ip("0.0.0.0", port), 10, SocketOptions.NONE);
                Posix.close(listener.fd());
                assertThat(listener.room()).as("room of listener " + port).isZero();
            }
        } finally {
            over.set(true);
            starter.join();
        }
    }

    @Test
    void shouldConnectToAListenerFromThePeersAddress() throws Exception {
        ShadowNet.Pair established = net.pair(ip("10.0.0.1", 8080), ip("203.0.113.1", 1), SocketOptions.NONE);
        ShadowNet.Listener listener = net.listener(ip("0.0.0.0", 8080), 10, INET6);
        net.settle();
        int fd = net.connect(listener.room(), ip("10.0.0.1", 8080), ip("203.0.113.7", 5555));
        assertThat(Posix.poll(listener.fd(), Linux.POLLIN, 1000)).isPositive();
        assertThat(net.backlogOf(listener.room(), ip("0.0.0.0", 8080))).isEqualTo(1);
        int accepted = Posix.check(Posix.accept4(listener.fd(), null, 0), "accept");
        assertThat(Sockets.remote(accepted)).isEqualTo(ip("203.0.113.7", 5555));
        assertThat(Sockets.local(accepted)).isEqualTo(ip("10.0.0.1", 8080));
        assertThat(net.backlogOf(listener.room(), ip("0.0.0.0", 8080))).isZero();
        Posix.close(listener.fd());
        assertThat(net.backlogOf(listener.room(), ip("0.0.0.0", 8080))).isEqualTo(-1);
        Posix.close(accepted);
        Posix.close(fd);
        close(established);
    }

    @Test
    void shouldTellAShutDownSocketFromAClosedOne() throws Exception {
        for (SocketOptions options : new SocketOptions[] {SocketOptions.NONE, INET6}) {
            InetSocketAddress local = ip("10.0.0.1", 80);
            InetSocketAddress remote = ip("10.0.0.2", 81);
            ShadowNet.Pair pair = net.pair(local, remote, options);
            ShadowNet.Listener listener = net.listener(local, 1, options);
            Posix.shutdown(pair.applicationFd(), Linux.SHUT_WR);
            assertThat(net.closedByApplication(pair.room(), local, remote)).isFalse();
            Posix.close(pair.applicationFd());
            assertThat(net.closedByApplication(pair.room(), local, remote)).as("beside a listener").isTrue();
            Posix.close(pair.daemonFd());
            assertThat(net.closedByApplication(pair.room(), local, remote)).as("gone altogether").isTrue();
            Posix.close(listener.fd());
        }
    }

    @Test
    void shouldCopyWhatTheApplicationHasNotRead() throws Exception {
        ShadowNet.Pair pair = net.pair(ip("10.0.0.1", 80), ip("10.0.0.2", 81), SocketOptions.NONE);
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        for (int i = 0; i < bytes.capacity(); i++) {
            bytes.put(i, (byte) (i * 31 + i / 251));
        }
        long address = BufferUtil.address(bytes);
        int written = 0;
        long n;
        while (written < bytes.capacity() && (n = Posix.send(pair.daemonFd(), address + written, Math.min(30_000, bytes.capacity() - written), 0)) > 0) {
            written += n;
        }
        ByteBuffer read = ByteBuffer.allocateDirect(12_345);
        assertThat(Posix.recv(pair.applicationFd(), BufferUtil.address(read), 12_345, 0)).isEqualTo(12_345);
        if (written == bytes.capacity()) {
            Posix.shutdown(pair.daemonFd(), Linux.SHUT_WR);
        }
        byte[] unread = TcpQueues.unread(pair.applicationFd(), pair.daemonFd(), written);
        assertThat(unread).hasSize(written - 12_345);
        byte[] expected = new byte[unread.length];
        bytes.get(12_345, expected);
        assertThat(unread).isEqualTo(expected);
        assertThat(Sockets.unread(pair.applicationFd())).as("left where they are").isPositive();
        close(pair);
    }

    @Test
    void shouldCarryOptions() throws Exception {
        ShadowNet.Pair from = net.pair(ip("10.0.0.1", 80), ip("10.0.0.2", 81), INET6);
        ShadowNet.Pair to = net.pair(ip("10.0.0.1", 82), ip("10.0.0.2", 83), INET6);
        net.settle();
        SocketOptions before = SocketOptions.read(from.applicationFd());
        Posix.setsockoptInt(from.applicationFd(), Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 1);
        Posix.setsockoptInt(from.applicationFd(), Linux.SOL_SOCKET, Linux.SO_RCVBUF, 50_000);
        Posix.setsockoptInt(from.applicationFd(), Linux.IPPROTO_IPV6, Linux.IPV6_TCLASS, 0x10);
        Posix.setsockoptInt(from.applicationFd(), Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, 77);
        Posix.setsockopt(from.applicationFd(), Linux.SOL_SOCKET, Linux.SO_LINGER, Sockets.ints(1, 5));
        SocketOptions after = SocketOptions.read(from.applicationFd());
        SocketOptions changed = SocketOptions.decode(after.changedSince(before).encode());
        assertThat(changed.over(before)).isEqualTo(after);
        changed.apply(to.applicationFd());
        assertThat(SocketOptions.read(to.applicationFd())).isEqualTo(after);
        close(from);
        close(to);
    }

    private static void check(ShadowNet.Pair pair, String local, String remote, int family) throws Exception {
        assertThat(Sockets.local(pair.applicationFd())).isEqualTo(ip(local, 80));
        assertThat(Sockets.remote(pair.applicationFd())).isEqualTo(ip(remote, 5555));
        assertThat(Sockets.family(pair.applicationFd())).isEqualTo(family);
        ByteBuffer out = StandardCharsets.US_ASCII.encode("x");
        ByteBuffer direct = ByteBuffer.allocateDirect(1).put(out);
        assertThat(Posix.send(pair.daemonFd(), BufferUtil.address(direct), 1, 0)).isEqualTo(1);
        assertThat(Posix.poll(pair.applicationFd(), Linux.POLLIN, 1000)).isPositive();
        close(pair);
    }

    private static void close(ShadowNet.Pair pair) {
        Posix.close(pair.applicationFd());
        Posix.close(pair.daemonFd());
    }

    private static InetSocketAddress ip(String address, int port) {
        return new InetSocketAddress(address, port);
    }
}

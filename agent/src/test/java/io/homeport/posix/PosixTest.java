package io.homeport.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PosixTest {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    private final long address = Memory.address(buffer);
    private final List<Integer> open = new ArrayList<>();

    @AfterEach
    void closeAll() {
        open.forEach(Posix::close);
    }

    @Test
    void shouldMoveBytesThroughASocketPair() throws Exception {
        int[] pair = pair(Linux.SOCK_STREAM);
        put("harbour");
        assertThat(Posix.send(pair[0], address, 7, 0)).isEqualTo(7);
        assertThat(Posix.ioctlInt(pair[1], Linux.SIOCINQ)).isEqualTo(7);
        assertThat(Posix.poll(pair[1], Linux.POLLIN, 0)).isEqualTo(Linux.POLLIN);
        put("#######");
        assertThat(Posix.recv(pair[1], address, 100, Linux.MSG_PEEK)).isEqualTo(7);
        assertThat(Posix.recv(pair[1], address, 100, 0)).isEqualTo(7);
        assertThat(text(7)).isEqualTo("harbour");
        assertThat(Posix.recv(pair[1], address, 100, Linux.MSG_DONTWAIT)).isEqualTo(-Errno.EAGAIN);
        assertThat(Posix.poll(pair[1], Linux.POLLIN, 1)).isZero();
        assertThat(Posix.shutdown(pair[0], Linux.SHUT_WR)).isZero();
        assertThat(Posix.recv(pair[1], address, 100, 0)).isZero();
        assertThat(Posix.send(pair[0], address, 1, 0)).isEqualTo(-Errno.EPIPE);
        assertThatThrownBy(() -> Posix.check(Posix.close(1 << 20), "close")).isInstanceOf(PosixException.class)
                .hasMessage("close: EBADF (Bad file descriptor)");
    }

    @Test
    void shouldCarryFdsAndRefuseWhatDoesNotFit() throws Exception {
        int[] pair = pair(Linux.SOCK_SEQPACKET);
        int[] pipe = new int[2];
        Posix.check(Posix.pipe2(Linux.O_CLOEXEC, pipe), "pipe2");
        open.add(pipe[0]);
        int[] many = new int[250];
        java.util.Arrays.fill(many, pipe[1]);
        assertThat(Posix.sendFds(pair[0], address, 3, many, 250)).isEqualTo(3);
        int[] out = new int[254];
        assertThat(Posix.recvFds(pair[1], address, 10, out)).isEqualTo(3);
        assertThat(out[0]).isEqualTo(250);
        for (int i = 1; i <= 250; i++) {
            assertThat(Posix.fcntl(out[i], Linux.F_GETFD, 0)).isEqualTo(Linux.FD_CLOEXEC);
            open.add(out[i]);
        }
        put("abc");
        assertThat(Posix.write(out[250], address, 3)).isEqualTo(3);
        assertThat(Posix.read(pipe[0], address, 10)).isEqualTo(3);

        int before = fds();
        assertThat(Posix.sendFds(pair[0], address, 3, many, 250)).isEqualTo(3);
        assertThat(Posix.recvFds(pair[1], address, 10, new int[4])).isEqualTo(-Errno.EMSGSIZE);
        assertThat(Posix.sendFds(pair[0], address, 8, many, 2)).isEqualTo(8);
        assertThat(Posix.recvFds(pair[1], address, 4, out)).isEqualTo(-Errno.EMSGSIZE);
        assertThat(fds()).isEqualTo(before);
        Posix.close(pipe[1]);
        assertThat(Posix.sendFds(pair[0], address, 3, many, 254)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void shouldTakeAnFdOfAnotherProcess() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        try {
            int pidfd = keep(Posix.pidfdOpen((int) cat.pid()));
            int input = keep(Posix.pidfdGetfd(pidfd, 0));
            int output = keep(Posix.pidfdGetfd(pidfd, 1));
            assertThat(Posix.pidfdGetfd(pidfd, 999)).isEqualTo(-Errno.EBADF);
            cat.getOutputStream().write("still here".getBytes(StandardCharsets.US_ASCII));
            cat.getOutputStream().flush();
            assertThat(cat.getInputStream().readNBytes(10)).asString().isEqualTo("still here");
            assertThat(Posix.poll(input, Linux.POLLIN, 0)).isZero();
            put("beside");
            assertThat(Posix.write(output, address, 6)).isEqualTo(6);
            assertThat(cat.getInputStream().readNBytes(6)).asString().isEqualTo("beside");
            assertThat(Posix.prlimitNofile((int) cat.pid(), 0)).isPositive();
        } finally {
            cat.destroyForcibly();
        }
    }

    @Test
    void shouldSpeakTcpWithAddressesAndOptions() throws Exception {
        for (String host : new String[] {"127.0.0.1", "::1"}) {
            int family = host.contains(":") ? Linux.AF_INET6 : Linux.AF_INET;
            int listener = keep(Posix.socket(family, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0));
            assertThat(Posix.bind(listener, Sockaddr.encode(new InetSocketAddress(host, 0)))).isZero();
            assertThat(Posix.listen(listener, 5)).isZero();
            byte[] sockaddr = new byte[Sockaddr.MAX_BYTES];
            InetSocketAddress bound = Sockaddr.decode(sockaddr, Posix.getsockname(listener, sockaddr));
            assertThat(bound.getAddress()).isEqualTo(InetAddress.getByName(host));

            int client = keep(Posix.socket(family, Linux.SOCK_STREAM, 0));
            assertThat(Posix.connect(client, Sockaddr.encode(bound))).isZero();
            byte[] peer = new byte[Sockaddr.MAX_BYTES];
            int server = keep(Posix.accept4(listener, peer, Linux.SOCK_CLOEXEC));
            int length = Posix.getsockname(client, sockaddr);
            assertThat(Sockaddr.decode(peer, length)).isEqualTo(Sockaddr.decode(sockaddr, length));
            assertThat(Sockaddr.decode(sockaddr, Posix.getpeername(client, sockaddr))).isEqualTo(bound);

            assertThat(Posix.setsockoptInt(server, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1)).isZero();
            assertThat(Posix.getsockoptInt(server, Linux.IPPROTO_TCP, Linux.TCP_NODELAY)).isEqualTo(1);
            byte[] linger = {1, 0, 0, 0, 7, 0, 0, 0};
            assertThat(Posix.setsockopt(server, Linux.SOL_SOCKET, Linux.SO_LINGER, linger)).isZero();
            byte[] read = new byte[8];
            assertThat(Posix.getsockopt(server, Linux.SOL_SOCKET, Linux.SO_LINGER, read)).isEqualTo(8);
            assertThat(read).isEqualTo(linger);
        }
    }

    @Test
    void shouldPeekTheSendQueueAndCount() throws Exception {
        int[] tcp = tcpPair();
        Posix.setsockoptInt(tcp[0], Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
        assertThat(Posix.peekSendQueue(tcp[0], address, 100)).isZero();
        put("0123456789");
        assertThat(Posix.send(tcp[0], address, 10, 0)).isEqualTo(10);
        assertThat(Posix.recv(tcp[1], address, 4, 0)).isEqualTo(4);
        // Fill until nothing more fits, so that some of it must stay in the send queue.
        long sent = 10;
        buffer.clear();
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * 31));
        }
        long n = Posix.send(tcp[0], address, buffer.capacity(), Linux.MSG_DONTWAIT);
        while (n > 0) {
            sent += n;
            n = Posix.send(tcp[0], address, buffer.capacity(), Linux.MSG_DONTWAIT);
        }
        assertThat(n).isEqualTo(-Errno.EAGAIN);
        int queued = settledSendQueue(tcp[0]);
        assertThat(queued).isPositive();
        ByteBuffer queue = ByteBuffer.allocateDirect(queued);
        assertThat(Posix.peekSendQueue(tcp[0], Memory.address(queue), queued)).isEqualTo(queued);
        assertThat(Posix.peekSendQueue(tcp[0], Memory.address(queue), queued / 2)).isEqualTo(-Errno.EMSGSIZE);
        assertThat(Posix.getsockoptInt(tcp[0], Linux.SOL_SOCKET, Linux.SO_REUSEADDR)).isEqualTo(1);
        long[] info = new long[8];
        assertThat(Posix.tcpInfo(tcp[0], info)).isZero();
        assertThat(info[0]).isEqualTo(Linux.TCP_ESTABLISHED);
        assertThat(info[5] - info[6] + info[2]).isEqualTo(sent);

        // The other side drains everything: nothing was taken or changed by looking.
        long received = 4;
        byte last = 0;
        while (received < sent) {
            long got = Posix.recv(tcp[1], address, buffer.capacity(), 0);
            assertThat(got).isPositive();
            received += got;
            last = buffer.get((int) got - 1);
        }
        assertThat(last).isEqualTo(queue.get(queued - 1));
        assertThat(Posix.tcpInfo(tcp[1], info)).isZero();
        assertThat(info[3]).isEqualTo(sent);
    }

    /** Late acknowledgements shrink the queue until the receiver's window is full. */
    private static int settledSendQueue(int fd) throws InterruptedException {
        int before = -1;
        int queued = Posix.ioctlInt(fd, Linux.SIOCOUTQ);
        for (int same = 0; same < 10; same = queued == before ? same + 1 : 0) {
            before = queued;
            Thread.sleep(20);
            queued = Posix.ioctlInt(fd, Linux.SIOCOUTQ);
        }
        return queued;
    }

    private int[] tcpPair() throws Exception {
        int listener = keep(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));
        Posix.check(Posix.bind(listener, Sockaddr.encode(new InetSocketAddress("127.0.0.1", 0))), "bind");
        Posix.check(Posix.listen(listener, 1), "listen");
        byte[] bound = new byte[16];
        Posix.check(Posix.getsockname(listener, bound), "getsockname");
        int client = keep(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));
        Posix.check(Posix.connect(client, bound), "connect");
        return new int[] {client, keep(Posix.accept4(listener, null, 0))};
    }

    private int[] pair(int type) throws PosixException {
        int[] pair = new int[2];
        Posix.check(Posix.socketpair(Linux.AF_UNIX, type | Linux.SOCK_CLOEXEC, pair), "socketpair");
        open.add(pair[0]);
        open.add(pair[1]);
        return pair;
    }

    private int keep(int fd) throws PosixException {
        open.add(Posix.check(fd, "open"));
        return fd;
    }

    private static int fds() {
        return new java.io.File("/proc/self/fd").list().length;
    }

    private void put(String text) {
        buffer.put(0, text.getBytes(StandardCharsets.US_ASCII));
    }

    private String text(int length) {
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}

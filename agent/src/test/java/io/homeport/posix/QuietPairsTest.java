package io.homeport.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of which one thing is under way each, beside others of which nothing is. */
@Timeout(60)
class QuietPairsTest {
    private static final int PAIRS = 5;
    private static final int CHANGED = 2;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
    private final int[] ones = new int[PAIRS];
    private final int[] others = new int[PAIRS];
    private final List<Integer> open = new ArrayList<>();

    @BeforeEach
    void connect() throws Exception {
        int listener = socket();
        byte[] any = Sockaddr.encode(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), Linux.AF_INET);
        Posix.check(Posix.bind(listener, any), "bind");
        Posix.check(Posix.listen(listener, PAIRS), "listen");
        byte[] bound = new byte[Sockaddr.MAX_BYTES];
        Posix.check(Posix.getsockname(listener, bound), "getsockname");
        for (int i = 0; i < PAIRS; i++) {
            ones[i] = socket();
            Posix.check(Posix.connect(ones[i], bound), "connect");
            others[i] = Posix.check(Posix.accept4(listener, null, 0), "accept");
            open.add(others[i]);
        }
    }

    @AfterEach
    void close() {
        open.forEach(Posix::close);
    }

    @Test
    void shouldCallThoseQuietOfWhichNothingIsUnderWay() throws Exception {
        assertThat(quiet(ones, others)).containsOnly(true);
        send(ones[CHANGED], 10, 0);
        Posix.recv(others[CHANGED], Memory.address(bytes), 10, 0);
        assertThat(quiet(ones, others)).containsOnly(true);
        assertThat(quiet(new int[0], new int[0])).isEmpty();
    }

    @Test
    void shouldSeeBytesThatWereNotRead() throws Exception {
        send(ones[CHANGED], 1, 0);
        assertOnlyOneMoves();
    }

    @Test
    void shouldSeeBytesThatTheReaderIsNotWokenFor() throws Exception {
        Posix.setsockoptInt(others[CHANGED], Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, 100);
        send(ones[CHANGED], 99, 0);
        assertThat(Posix.poll(others[CHANGED], Linux.POLLIN, 0)).isZero();
        assertOnlyOneMoves();
    }

    @Test
    void shouldSeeBytesThatWereNotAcknowledged() throws Exception {
        while (Posix.send(ones[CHANGED], Memory.address(bytes), bytes.capacity(), Linux.MSG_DONTWAIT) > 0) {
            // until both queues are full
        }
        assertThat(Posix.ioctlInt(ones[CHANGED], Linux.SIOCOUTQ)).isPositive();
        assertOnlyOneMoves();
    }

    @Test
    void shouldSeeAnUrgentByteAlsoAtItsMark() throws Exception {
        send(ones[CHANGED], 1, Linux.MSG_OOB);
        assertOnlyOneMoves();
        Posix.setsockoptInt(others[CHANGED], Linux.SOL_SOCKET, Linux.SO_OOBINLINE, 1);
        assertOnlyOneMoves();
    }

    @Test
    void shouldSeeAnEndOfFile() throws Exception {
        Posix.shutdown(ones[CHANGED], Linux.SHUT_WR);
        assertOnlyOneMoves();
    }

    @Test
    void shouldSeeAReset() throws Exception {
        Posix.setsockopt(ones[CHANGED], Linux.SOL_SOCKET, Linux.SO_LINGER, new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        Posix.close(ones[CHANGED]);
        open.remove((Integer) ones[CHANGED]);
        ones[CHANGED] = others[CHANGED];
        assertOnlyOneMoves();
    }

    @Test
    void shouldLookAtNoMoreThanItHasRoomFor() throws Exception {
        assertThat(quiet(repeated(ones[0]), repeated(others[0]))).hasSize(Posix.MOST_PAIRS).containsOnly(true);
        int[] more = new int[Posix.MOST_PAIRS + 1];
        assertThat(Posix.quietPairs(more, more, new boolean[more.length])).isEqualTo(-Errno.EINVAL);
        assertThat(Posix.quietPairs(ones, others, new boolean[PAIRS - 1])).isEqualTo(-Errno.EINVAL);
        assertThat(Posix.quietPairs(ones, new int[PAIRS + 1], new boolean[PAIRS])).isEqualTo(-Errno.EINVAL);
    }

    private void assertOnlyOneMoves() throws Exception {
        boolean[] expected = new boolean[PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            expected[i] = i != CHANGED;
        }
        assertThat(quiet(ones, others)).containsExactly(expected);
        assertThat(quiet(others, ones)).containsExactly(expected);
    }

    private static boolean[] quiet(int[] ones, int[] others) throws PosixException {
        boolean[] quiet = new boolean[ones.length];
        Posix.check(Posix.quietPairs(ones, others, quiet), "quietPairs");
        return quiet;
    }

    private void send(int fd, int length, int flags) throws PosixException {
        assertThat(Posix.send(fd, Memory.address(bytes), length, flags)).isEqualTo(length);
    }

    private int socket() throws PosixException {
        int fd = Posix.check(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0), "socket");
        open.add(fd);
        return fd;
    }

    private static int[] repeated(int fd) {
        int[] fds = new int[Posix.MOST_PAIRS];
        java.util.Arrays.fill(fds, fd);
        return fds;
    }
}

package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;

/**
 * How many bytes have gone through a TCP socket's descriptor since it was made, as the kernel counts. Differences between two answers are
 * exact, however the process that read or wrote came to its end. Any thread.
 *
 * <pre>
 *   taken  = tcpi_bytes_received − SIOCINQ      a FIN that has come counts as a byte received (tcp_rcv_nxt_update), and is not in SIOCINQ
 *   given  = tcpi_bytes_acked    + SIOCOUTQ     a FIN that was sent counts in both; so does the SYN of whoever connected (tcp_ack)
 * </pre>
 *
 * <p>SIOCINQ ends at an urgent mark unless SO_OOBINLINE is set (tcp_inq): set it before.
 *
 * @param taken bytes read from the socket
 * @param given bytes written into it
 */
public record TcpCounters(long taken, long given) {
    private static final int BYTES_RECEIVED = 3;
    private static final int BYTES_ACKED = 4;
    private static final int TCP_SYN_RECV = 3;
    private static final int TCP_TIME_WAIT = 6;
    private static final int TCP_CLOSING = 11;

    /**
     * Those of one moment: the peer goes on meanwhile.
     *
     * @param endSeen whether a reader has met the end of file: a closed socket does not tell whether a FIN had come
     * @param endSent whether a writer has shut it down: the same
     */
    public static TcpCounters of(int fd, boolean endSeen, boolean endSent) throws PosixException {
        long[] before = Sockets.info(fd);
        while (true) {
            int unread = Posix.check(Posix.ioctlInt(fd, Linux.SIOCINQ), "SIOCINQ");
            int queued = Posix.check(Posix.ioctlInt(fd, Linux.SIOCOUTQ), "SIOCOUTQ");
            long[] now = Sockets.info(fd);
            if (now[BYTES_RECEIVED] == before[BYTES_RECEIVED] && now[BYTES_ACKED] == before[BYTES_ACKED]) {
                return new TcpCounters(taken(now, unread, endSeen), given(now, queued, endSent));
            }
            before = now;
        }
    }

    private static long taken(long[] info, int unread, boolean endSeen) {
        boolean fin = switch ((int) info[0]) {
            case Linux.TCP_CLOSE_WAIT, Linux.TCP_LAST_ACK, TCP_CLOSING, TCP_TIME_WAIT -> true;
            case Linux.TCP_CLOSE -> endSeen;
            default -> false;
        };
        return info[BYTES_RECEIVED] - unread - (fin ? 1 : 0);
    }

    private static long given(long[] info, int queued, boolean endSent) {
        int state = (int) info[0];
        if (state == Linux.TCP_SYN_SENT || state == TCP_SYN_RECV) {
            return 1; // the SYN, which is about to be acknowledged
        }
        boolean fin = switch (state) {
            case Linux.TCP_FIN_WAIT1, Linux.TCP_FIN_WAIT2, Linux.TCP_LAST_ACK, TCP_CLOSING, TCP_TIME_WAIT -> true;
            case Linux.TCP_CLOSE -> endSent;
            default -> false;
        };
        return info[BYTES_ACKED] + queued - (fin ? 1 : 0);
    }
}
